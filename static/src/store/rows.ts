/** Writing rows: an account is always written together with its small row for lists and map. */
import { toRow } from '../accounts/rules';
import type { Account } from '../accounts/wire';
import type { EntityStore, StoreName } from './schema';
import type { Store, WriteTransaction } from './store';

/** What an action or a merge may touch in its one transaction. */
export const WRITE_STORES: StoreName[] = [
  'meta',
  'accounts',
  'account_rows',
  'contacts',
  'activities',
  'tasks',
  'attachments',
  'conflicts',
  'blobs',
  'outbox',
  'receipts',
  'quarantine',
  'news',
  'drafts',
];

/** Write an account, or take it out of the lists when it is deleted. */
export async function putAccount(tx: WriteTransaction, account: Account): Promise<void> {
  await tx.objectStore('accounts').put(account);
  if (account.deleted_at) await tx.objectStore('account_rows').put({ id: account.id, is_gone: true });
  else await tx.objectStore('account_rows').put(toRow(account));
}

export async function removeRow(tx: WriteTransaction, store: EntityStore, id: string): Promise<void> {
  await tx.objectStore(store).delete(id);
  if (store === 'accounts') await tx.objectStore('account_rows').put({ id, is_gone: true });
}

/** Run `work` in one read-write transaction, then tell the readers. All of it is kept, or nothing. */
export async function write<T>(store: Store, account_ids: string[], work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
  const tx = store.db.transaction(WRITE_STORES, 'readwrite', { durability: 'strict' });
  let result: T;
  try {
    result = await work(tx);
  } catch (error) {
    tx.done.catch(() => undefined);
    try {
      tx.abort();
    } catch {
      // Already aborted by the failing request itself.
    }
    throw error;
  }
  await tx.done;
  store.announce({ stores: WRITE_STORES, account_ids });
  return result;
}
