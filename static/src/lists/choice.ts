/** Which list was last shown, and in which order; kept for the next start. */
import { writable, type Readable } from '../core/signal';
import { SEGMENTS, SORTS, type Segment, type Sort } from './rules';

const KEY = 'fieldcrm.lists';

interface ListChoice {
  segment: Segment;
  sort: Sort;
}

function read(): ListChoice {
  try {
    const [segment, sort] = (localStorage.getItem(KEY) ?? '').split(' ');
    return { segment: SEGMENTS.find((item) => item === segment) ?? 'company', sort: SORTS.find((item) => item === sort) ?? 'due' };
  } catch {
    return { segment: 'company', sort: 'due' };
  }
}

const choice = writable<ListChoice>(read());
export const listChoice: Readable<ListChoice> = choice;

function change(next: Partial<ListChoice>): void {
  choice.update((now) => ({ ...now, ...next }));
  try {
    localStorage.setItem(KEY, `${choice.get().segment} ${choice.get().sort}`);
  } catch {
    // Not kept then.
  }
}

export const chooseSegment = (segment: Segment): void => change({ segment });
export const chooseSort = (sort: Sort): void => change({ sort });
