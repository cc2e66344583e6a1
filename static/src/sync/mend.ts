/** Damaged records: put aside as they are, and fetched anew. What is unsent lives elsewhere and is not touched. */
import { parseAccount, type Account } from '../accounts/wire';
import { toRow, type AccountRow } from '../accounts/rules';
import { ownConnection, type Connection } from '../core/http';
import { UnreadableError } from '../core/parse';
import { Problem, Unreachable } from '../core/problem';
import { packAll, putPacks } from '../store/pack';
import type { Store } from '../store/store';
import { lightly, transact } from '../store/transact';
import { pullAccount } from './pull';
import { beginSnapshot } from './snapshot';

const PORTION = 1_000;

/**
 * The account as this phone has it. One whose details have not come yet, or whose record is damaged, is fetched from the server.
 * Null when it is not here and cannot be fetched now.
 */
export async function readAccount(store: Store, id: string, { via = ownConnection }: { via?: Connection } = {}): Promise<Account | null> {
  const kept = await store.db.get('accounts', id);
  const account = kept === undefined ? null : readable(kept);
  if (account) return account;
  if (kept !== undefined) await putAside(store, [kept]);
  try {
    await pullAccount(store, id, { via });
  } catch (error) {
    if (error instanceof Problem || error instanceof Unreachable || error instanceof UnreadableError) return null;
    throw error;
  }
  return (await store.db.get('accounts', id)) ?? null;
}

/** Make the rows of lists and map anew from the accounts, and have everything loaded again: something here is damaged. */
export async function rebuildRows(store: Store): Promise<void> {
  const rows: AccountRow[] = [];
  const damaged: unknown[] = [];
  for (let last: string | undefined; ; ) {
    const portion = await store.db.getAll('accounts', last === undefined ? null : IDBKeyRange.lowerBound(last, true), PORTION);
    for (const kept of portion) {
      const account = readable(kept);
      if (!account) damaged.push(kept);
      else if (!account.deleted_at) rows.push(toRow(account));
    }
    last = portion.at(-1)?.id;
    if (portion.length < PORTION) break;
  }
  await putAside(store, damaged);
  await transact(store, lightly('account_packs', 'account_rows'), (tx) => putPacks(tx, packAll(rows)));
  await beginSnapshot(store);
}

function readable(kept: unknown): Account | null {
  try {
    return parseAccount(kept, 'accounts');
  } catch {
    return null;
  }
}

async function putAside(store: Store, damaged: unknown[]): Promise<void> {
  if (damaged.length === 0) return;
  await transact(store, lightly('accounts', 'quarantine'), async (tx) => {
    for (const value of damaged) {
      await tx.objectStore('quarantine').add({ store: 'accounts', at: new Date().toISOString(), reason: 'damaged on this device', value });
      if (typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string') await tx.objectStore('accounts').delete(value.id);
    }
  });
}
