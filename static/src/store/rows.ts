/** Writing rows: an account is always written together with its small row for lists and map. */
import { toRow } from '../accounts/rules';
import type { Account } from '../accounts/wire';
import { isStorageFull, StorageFull } from '../core/trouble';
import { keepingBases } from './bases';
import { makeRoom } from './room';
import type { EntityStore, StoreName } from './schema';
import type { Store, WriteTransaction } from './store';
import { together, transact, type Kept } from './transact';

/** What an action or a merge may touch in its one transaction. */
export const WRITE_STORES: StoreName[] = [
  'meta',
  'accounts',
  'account_rows',
  'contacts',
  'activities',
  'tasks',
  'appointments',
  'attachments',
  'conflicts',
  'blobs',
  'outbox',
  'receipts',
  'bases',
  'quarantine',
  'news',
  'drafts',
  'stops',
];

/** Write an account, or take it out of the lists when it is deleted. */
export async function putAccount(tx: WriteTransaction, account: Account): Promise<void> {
  const row = account.deleted_at ? { id: account.id, is_gone: true as const } : toRow(account);
  await together(
    () => tx.objectStore('accounts').put(account),
    () => tx.objectStore('account_rows').put(row),
  );
}

export async function removeRow(tx: WriteTransaction, store: EntityStore, id: string): Promise<void> {
  await tx.objectStore(store).delete(id);
  if (store === 'accounts') await tx.objectStore('account_rows').put({ id, is_gone: true });
}

type Work<T> = (tx: WriteTransaction) => Promise<T>;

/**
 * Run `work` in one read-write transaction, then tell the readers. All of it is kept, or nothing.
 * What a person did: it is on the disk when this resolves. On a full phone room is made and the work tried once more; then StorageFull.
 */
export function write<T>(store: Store, account_ids: string[] | null, work: Work<T>): Promise<T> {
  return withRoom(store, () => attempt(store, account_ids, (tx) => work(keepingBases(tx)), 'strict'));
}

/** The same where a person decides about what is unsent: the rows that come to light are the server's, not changes of their own. */
export function writeLaying<T>(store: Store, account_ids: string[] | null, work: Work<T>): Promise<T> {
  return withRoom(store, () => attempt(store, account_ids, work, 'strict'));
}

async function withRoom<T>(store: Store, tried: () => Promise<T>): Promise<T> {
  try {
    return await tried();
  } catch (error) {
    if (!isStorageFull(error)) throw error;
  }
  await makeRoom(store);
  try {
    return await tried();
  } catch (error) {
    throw isStorageFull(error) ? new StorageFull() : error;
  }
}

/** The same for what came from the server and would come again: it need not be on the disk at once. */
export function writeAgainable<T>(store: Store, account_ids: string[] | null, work: Work<T>): Promise<T> {
  return attempt(store, account_ids, work, 'relaxed');
}

async function attempt<T>(store: Store, account_ids: string[] | null, work: Work<T>, durability: Kept['durability']): Promise<T> {
  const touched = new Set<StoreName>();
  const result = await transact(store, { stores: WRITE_STORES, durability }, (tx) => work(watched(tx, touched)));
  store.announce({ stores: [...touched], account_ids });
  return result;
}

const CHANGING: ReadonlySet<string | symbol> = new Set(['put', 'add', 'delete', 'clear']);

/** The transaction, noting which stores the work changes: only their readers are told. */
function watched(tx: WriteTransaction, touched: Set<StoreName>): WriteTransaction {
  return new Proxy(tx, {
    get(target, property) {
      if (property !== 'objectStore') return Reflect.get(target, property);
      return (name: StoreName) => noting(target.objectStore(name), () => touched.add(name));
    },
  });
}

function noting<T extends object>(store: T, note: () => void): T {
  return new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (CHANGING.has(property)) note();
        return Reflect.apply(value, target, given);
      };
    },
  });
}
