/** All accounts on this phone as small rows in memory: 20,000 of them searched, filtered and sorted in a few milliseconds. */
import { writable, type Readable } from '../core/signal';
import { applyDeltas, readRows } from '../store/pack';
import type { Store, StoredRows } from '../store/store';
import { matcher, type AccountFilter, type AccountRow, type Viewpoint } from './rules';

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
  let byId = new Map<string, AccountRow>();

  const publish = () => state.set({ rows: [...byId.values()], is_loaded: true });

  async function readAll(store: Store): Promise<void> {
    byId = await readRows(store).catch(() => mend(store));
    publish();
  }

  async function take(rows: StoredRows): Promise<void> {
    byId = new Map(rows);
    publish();
  }

  async function readSome(store: Store, ids: string[]): Promise<void> {
    const tx = store.db.transaction('account_rows');
    const deltas = await Promise.all(ids.map((id) => tx.store.get(id)));
    // Packed meanwhile with all the others.
    if (deltas.includes(undefined)) return readAll(store);
    applyDeltas(byId, deltas.filter((delta) => delta !== undefined));
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
      return store.onChange(({ stores, account_ids }, rows) => {
        if (!stores.includes('account_rows') || account_ids?.length === 0) return;
        const read = () => (rows ? take(rows) : account_ids ? readSome(store, account_ids) : readAll(store));
        reading = reading.catch(() => undefined).then(read);
      });
    },
  };
}

/** The packed rows are damaged: they are made anew from what else is here, and everything is fetched again. */
async function mend(store: Store): Promise<Map<string, AccountRow>> {
  const { rebuildRows } = await import('../sync/mend');
  await rebuildRows(store);
  damage.set(true);
  return readRows(store);
}

/** Whether something on this phone turned out to be damaged since the page was opened. */
const damage = writable(false);
export const isDamaged: Readable<boolean> = damage;

export const accountsIndex: AccountsIndex = createAccountsIndex();
