/** The one filter that the map and the lists share, kept for the next start. */
import { writable, type Writable } from '../core/signal';
import { NO_FILTER, type AccountFilter } from './rules';

const KEY = 'fieldcrm.filter';

function restore(): AccountFilter {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return { ...NO_FILTER, ...(typeof saved === 'object' ? saved : {}), q: '' };
  } catch {
    // A private window without storage: start without a filter.
    return NO_FILTER;
  }
}

export const accountFilter: Writable<AccountFilter> = writable(restore());

accountFilter.subscribe((filter) => {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...filter, q: '' }));
  } catch {
    // Not kept then; the filter still works.
  }
});

export function changeFilter(change: Partial<AccountFilter>): void {
  accountFilter.update((filter) => ({ ...filter, ...change }));
}

export function clearFilter(): void {
  accountFilter.update((filter) => ({ ...NO_FILTER, q: filter.q }));
}
