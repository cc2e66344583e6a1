/** Laying the server's rows under what this phone has changed and not yet sent. */
import { parseAccount, parseContact } from '../accounts/wire';
import { parseAppointment } from '../appointments/wire';
import type { Parser } from '../core/parse';
import type { EntityStore } from '../store/schema';
import { putAccount, removeRow } from '../store/rows';
import type { WriteTransaction } from '../store/store';
import { parseActivity, parseAttachment, parseTask } from '../visits/wire';
import type { Operation } from './operations';
import { parseConflict } from './wire';

/** Changes of unsent operations by `store:id`, later ones on top. */
export type Pending = Map<string, Record<string, unknown>>;

/** What a transaction has to know to lay rows: unsent changes, unsent removals, what unsent operations are about, which rows have their base put aside. */
export interface Laying {
  pending: Pending;
  removed: Set<string>;
  unsent: Set<string>;
  based: Set<string>;
}

export interface Row {
  id: string;
  /** 0: put here by the person, and the server's row has not come yet. */
  version: number;
  change_seq: number;
  /** Of what hangs on an account. */
  account_id?: string | null;
  /** Of an account. */
  deleted_at?: string | null;
}

export const PARSERS = {
  accounts: parseAccount,
  contacts: parseContact,
  activities: parseActivity,
  tasks: parseTask,
  appointments: parseAppointment,
  attachments: parseAttachment,
  conflicts: parseConflict,
} as const satisfies Record<EntityStore, Parser<Row>>;

export const keyOf = (store: EntityStore, id: string): string => `${store}:${id}`;

export function pendingChanges(operations: Operation[]): Pending {
  const pending: Pending = new Map();
  for (const operation of operations) {
    for (const patch of operation.patches) {
      const key = keyOf(patch.store, patch.id);
      pending.set(key, { ...pending.get(key), ...patch.changes });
    }
  }
  return pending;
}

const REMOVALS: Partial<Record<Operation['type'], EntityStore>> = {
  'contact.delete': 'contacts',
  'appointment.cancel': 'appointments',
  'attachment.delete': 'attachments',
};

/** The row that an unsent operation has taken off this phone. */
export function removalOf(operation: Operation): { store: EntityStore; id: string } | null {
  const store = REMOVALS[operation.type];
  return store && !operation.refusal ? { store, id: operation.entity_id } : null;
}

export async function beginLaying(tx: WriteTransaction): Promise<Laying> {
  const [operations, based] = await Promise.all([tx.objectStore('outbox').getAll(), tx.objectStore('bases').getAllKeys()]);
  const removed = operations.map(removalOf).filter((row) => row !== null);
  const unsent = operations.flatMap((item) => [item.entity_id, ...item.temporary.map((row) => row.id)]);
  return { pending: pendingChanges(operations), removed: new Set(removed.map((row) => keyOf(row.store, row.id))), unsent: new Set(unsent), based: new Set(based) };
}

/** A row may be stamped anew without having changed: its account has come into more people's view. */
export const isOlder = (one: Row, other: Row): boolean => one.version < other.version || (one.version === other.version && one.change_seq < other.change_seq);

/**
 * Store one row from the server. An older version than the one here is left alone: answers may overtake each other.
 * Returns the server's row that stood there before, null where there was none, undefined when nothing was new.
 * Throws UnreadableError for a row that this build cannot read.
 */
export async function mergeRow(tx: WriteTransaction, store: EntityStore, incoming: unknown, laying: Laying): Promise<Row | null | undefined> {
  const row = PARSERS[store](incoming, store);
  const former = await serverRow(tx, store, row.id, laying);
  if (former && isOlder(row, former)) {
    // What lies on it may have been settled just now.
    if (laying.based.has(keyOf(store, row.id))) await layRow(tx, store, former, laying);
    return undefined;
  }
  await layRow(tx, store, row, laying);
  return former;
}

/** Show a row as the server has it, with what is still unsent on top: after an operation about it was settled. */
export async function layBare(tx: WriteTransaction, store: EntityStore, id: string, laying: Laying): Promise<void> {
  if (laying.based.has(keyOf(store, id))) await layAgain(tx, store, id, laying);
}

/** Lay a row anew: what is unsent has moved to it from another. */
export async function layAgain(tx: WriteTransaction, store: EntityStore, id: string, laying: Laying): Promise<void> {
  const row = await serverRow(tx, store, id, laying);
  if (row) await layRow(tx, store, row, laying);
}

/** Put the server's row aside before the person's own change covers it for good. */
export async function keepBase(tx: WriteTransaction, store: EntityStore, row: Row): Promise<void> {
  const key = keyOf(store, row.id);
  if (!(await tx.objectStore('bases').getKey(key))) await tx.objectStore('bases').put({ key, row });
}

/** A row that left this phone while the person was still looking at it: what they do with it stands here until the server has heard of it. */
export const standIn = <T extends Row>(row: T): T => ({ ...row, version: 0 });

/** Take a row off this phone, and what was kept of it. */
export async function forgetRow(tx: WriteTransaction, store: EntityStore, id: string): Promise<void> {
  await removeRow(tx, store, id);
  await tx.objectStore('bases').delete(keyOf(store, id));
}

/** The row as the server has it, under what is unsent. */
export async function serverRow(tx: WriteTransaction, store: EntityStore, id: string, { based }: Laying): Promise<Row | null> {
  const key = keyOf(store, id);
  const base = based.has(key) ? await tx.objectStore('bases').get(key) : undefined;
  if (base) return PARSERS[store](base.row, store);
  return (await tx.objectStore(store).get(id)) ?? null;
}

async function layRow(tx: WriteTransaction, store: EntityStore, row: Row, laying: Laying): Promise<void> {
  const key = keyOf(store, row.id);
  const changes = laying.pending.get(key);
  const isRemoved = laying.removed.has(key);
  if (changes || isRemoved) {
    await tx.objectStore('bases').put({ key, row });
    laying.based.add(key);
  } else if (laying.based.delete(key)) {
    await tx.objectStore('bases').delete(key);
  }
  if (isRemoved) await removeRow(tx, store, row.id);
  else await putRow(tx, store, changes ? { ...row, ...changes } : row);
}

async function putRow(tx: WriteTransaction, store: EntityStore, row: Row): Promise<void> {
  if (store === 'accounts') await putAccount(tx, parseAccount(row, store));
  else await putPlain(tx, store, row);
}

/** Read a row and write it as it is, an account without its small row for lists and map. */
export async function putPlain(tx: WriteTransaction, store: EntityStore, row: unknown): Promise<void> {
  switch (store) {
    case 'accounts':
      await tx.objectStore('accounts').put(parseAccount(row, store));
      return;
    case 'contacts':
      await tx.objectStore('contacts').put(parseContact(row, store));
      return;
    case 'activities':
      await tx.objectStore('activities').put(parseActivity(row, store));
      return;
    case 'tasks':
      await tx.objectStore('tasks').put(parseTask(row, store));
      return;
    case 'appointments':
      await tx.objectStore('appointments').put(parseAppointment(row, store));
      return;
    case 'attachments':
      await tx.objectStore('attachments').put(parseAttachment(row, store));
      return;
    case 'conflicts':
      await tx.objectStore('conflicts').put(parseConflict(row, store));
  }
}
