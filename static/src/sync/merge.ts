/** Laying the server's rows under what this phone has changed and not yet sent. */
import { parseAccount, parseContact } from '../accounts/wire';
import type { Parser } from '../core/parse';
import type { EntityStore } from '../store/schema';
import { putAccount } from '../store/rows';
import type { WriteTransaction } from '../store/store';
import { parseActivity, parseAttachment, parseTask } from '../visits/wire';
import type { Operation } from './operations';
import { parseConflict } from './wire';

/** Changes of unsent operations by `store:id`, later ones on top. */
export type Pending = Map<string, Record<string, unknown>>;

export const PARSERS = {
  accounts: parseAccount,
  contacts: parseContact,
  activities: parseActivity,
  tasks: parseTask,
  attachments: parseAttachment,
  conflicts: parseConflict,
} as const satisfies Record<EntityStore, Parser<{ id: string; version: number }>>;

export function pendingChanges(operations: Operation[]): Pending {
  const pending: Pending = new Map();
  for (const operation of operations) {
    for (const patch of operation.patches) {
      const key = `${patch.store}:${patch.id}`;
      pending.set(key, { ...pending.get(key), ...patch.changes });
    }
  }
  return pending;
}

/**
 * Store one row from the server. An older version than the one here is left alone: answers may overtake each other.
 * Throws UnreadableError for a row that this build cannot read.
 */
export async function mergeRow(tx: WriteTransaction, store: EntityStore, incoming: unknown, pending: Pending): Promise<void> {
  const row = PARSERS[store](incoming, store);
  const local = await tx.objectStore(store).get(row.id);
  if (local && row.version < local.version) return;
  await putRow(tx, store, { ...row, ...pending.get(`${store}:${row.id}`) });
}

async function putRow(tx: WriteTransaction, store: EntityStore, row: unknown): Promise<void> {
  switch (store) {
    case 'accounts':
      return putAccount(tx, parseAccount(row, store));
    case 'contacts':
      await tx.objectStore('contacts').put(parseContact(row, store));
      return;
    case 'activities':
      await tx.objectStore('activities').put(parseActivity(row, store));
      return;
    case 'tasks':
      await tx.objectStore('tasks').put(parseTask(row, store));
      return;
    case 'attachments':
      await tx.objectStore('attachments').put(parseAttachment(row, store));
      return;
    case 'conflicts':
      await tx.objectStore('conflicts').put(parseConflict(row, store));
  }
}
