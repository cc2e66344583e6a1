/** Conflicts: fields that two people gave two values, found here without a network. */
import type { Readable } from '../core/signal';
import { live } from '../store/live';
import type { Store } from '../store/store';
import type { Conflict } from './wire';

/** All that wait for somebody to choose, newest first. */
export function openConflicts(store: Store): Readable<Conflict[] | undefined> {
  return live(store, ['conflicts'], async () => (await store.db.getAll('conflicts')).filter(isOpen).sort(newestFirst));
}

/** An account's, settled ones too, newest first. */
export function conflictsOf(store: Store, account_id: string): Readable<Conflict[] | undefined> {
  return live(store, ['conflicts'], async () => (await store.db.getAllFromIndex('conflicts', 'by_account', account_id)).sort(newestFirst));
}

export const isOpen = (conflict: Conflict): boolean => conflict.settled_at === null;

const momentOf = ({ current_at, other_at }: Conflict): string => [current_at ?? '', other_at ?? ''].sort()[1] ?? '';
const newestFirst = (a: Conflict, b: Conflict): number => (momentOf(a) < momentOf(b) ? 1 : -1);
