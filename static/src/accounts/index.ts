/** All accounts on this phone as small rows in memory: 20,000 of them searched, filtered and sorted in a few milliseconds. */
import { writable, type Readable } from '../core/signal';
import type { Store } from '../store/store';
import { matcher, type AccountFilter, type AccountRow, type Viewpoint } from './rules';

const PORTION = 1_000;

export interface AccountsState {
  rows: AccountRow[];
  is_loaded: boolean;
}

export interface AccountsIndex extends Readable<AccountsState> {
  find(id: string): AccountRow | undefined;
  /** The rows that pass the filter, in no particular order. */
  filtered(filter: AccountFilter, who: Viewpoint): AccountRow[];
  /** Read the store, then follow its changes; returns how to stop. */
  follow(store: Store): () => void;
}

export function createAccountsIndex(): AccountsIndex {
  const state = writable<AccountsState>({ rows: [], is_loaded: false });
  const byId = new Map<string, AccountRow>();

  const publish = () => state.set({ rows: [...byId.values()], is_loaded: true });

  /** In portions, so that a page waiting for its one account is not held up by all the others. */
  async function readAll(store: Store): Promise<void> {
    const rows: AccountRow[] = [];
    for (;;) {
      const last = rows.at(-1);
      const portion = await store.db.getAll('account_rows', last ? IDBKeyRange.lowerBound(last.id, true) : null, PORTION);
      rows.push(...portion);
      if (portion.length < PORTION) break;
    }
    byId.clear();
    for (const row of rows) byId.set(row.id, row);
    publish();
  }

  async function readSome(store: Store, ids: string[]): Promise<void> {
    const tx = store.db.transaction('account_rows');
    const rows = await Promise.all(ids.map((id) => tx.store.get(id)));
    rows.forEach((row, index) => {
      const id = ids[index];
      if (row) byId.set(row.id, row);
      else if (id) byId.delete(id);
    });
    publish();
  }

  return {
    get: state.get,
    subscribe: state.subscribe,
    find: (id) => byId.get(id),
    filtered: (filter, who) => state.get().rows.filter(matcher(filter, who)),
    follow(store) {
      // One after the other: a slow reading of all must not overwrite a later reading of some.
      let reading = readAll(store);
      return store.onChange(({ stores, account_ids }) => {
        if (!stores.includes('account_rows') || account_ids?.length === 0) return;
        reading = reading.catch(() => undefined).then(() => (account_ids ? readSome(store, account_ids) : readAll(store)));
      });
    },
  };
}

export const accountsIndex: AccountsIndex = createAccountsIndex();
