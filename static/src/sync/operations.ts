/** Operations: what a person did, waiting on the phone until the server has acknowledged it. */
import { newId } from '../core/ids';
import { anything, listOf, mapOf, nullable, number, object, oneOf, optional, text, type Parser } from '../core/parse';
import { parseFieldProblem, type FieldProblem } from '../core/problem';
import type { EntityStore } from '../store/schema';
import { write } from '../store/rows';
import type { Store, WriteTransaction } from '../store/store';
import type { Note } from './wire';

export const OPERATION_TYPES = [
  'activity.log',
  'activity.amend',
  'account.create',
  'account.update',
  'account.move',
  'account.delete',
  'account.restore',
  'contact.create',
  'contact.update',
  'contact.delete',
  'task.create',
  'task.update',
  'appointment.create',
  'appointment.update',
  'appointment.cancel',
  'attachment.add',
  'attachment.delete',
  'conflict.settle',
] as const;

export type OperationType = (typeof OPERATION_TYPES)[number];

/** What an operation changed in the local store; put back on top of a row that the server sends meanwhile. */
export interface Patch {
  store: EntityStore;
  id: string;
  changes: Record<string, unknown>;
}

export interface Refusal {
  status: number;
  code: string;
  message: string;
  errors: FieldProblem[];
  at: string;
}

export interface Operation {
  /** Order on this phone; given by the store. */
  seq?: number;
  op_id: string;
  device_id: string;
  type: OperationType;
  entity_id: string;
  /** The account it is about: an operation waits while that account's creation is refused. */
  account_id: string | null;
  /** The account's name when it was recorded: the outbox can be read without the row. */
  label: string;
  base_version: number | null;
  body: Record<string, unknown>;
  patches: Patch[];
  /** Where the account went when it was merged meanwhile. The message itself stays as recorded: the server follows the merge too. */
  survivor_id: string | null;
  /** Rows made on the phone only until the server makes its own. */
  temporary: { store: EntityStore; id: string }[];
  recorded_at: string;
  attempts: number;
  refusal: Refusal | null;
}

/** A table of the server's rows. */
export const parseStore = oneOf('accounts', 'contacts', 'activities', 'tasks', 'appointments', 'attachments', 'conflicts');
const parseBody = mapOf(anything);

/** Reads an operation kept by this build or another; throws UnreadableError when this build cannot send it. */
export const parseOperation: Parser<Operation> = object({
  seq: number,
  op_id: text,
  device_id: text,
  type: oneOf(...OPERATION_TYPES),
  entity_id: text,
  account_id: nullable(text),
  label: optional(text, ''),
  base_version: nullable(number),
  body: parseBody,
  patches: optional(listOf(object({ store: parseStore, id: text, changes: parseBody })), []),
  survivor_id: nullable(text),
  temporary: optional(listOf(object({ store: parseStore, id: text })), []),
  recorded_at: text,
  attempts: optional(number, 0),
  refusal: nullable(object({ status: number, code: text, message: text, errors: listOf(parseFieldProblem), at: text })),
});

/** `merged`: others had changed the thing meanwhile, or it was followed elsewhere; `conflict`: a field has two values now. Notes say what. */
export type ReceiptStatus = 'applied' | 'duplicate' | 'merged' | 'conflict';

export interface Receipt {
  op_id: string;
  type: OperationType;
  entity_id: string;
  account_id: string | null;
  label: string;
  sent_at: string;
  status: ReceiptStatus;
  notes: Note[];
  conflict_ids: string[];
}

export type NewOperation = Pick<Operation, 'type' | 'entity_id' | 'account_id' | 'label' | 'base_version' | 'body' | 'recorded_at'> &
  Partial<Pick<Operation, 'patches' | 'temporary'>>;

/** Append an operation to the outbox, in the caller's transaction: the local change and its message go together or not at all. */
export async function appendOperation(tx: WriteTransaction, operation: NewOperation): Promise<string> {
  const op_id = newId();
  await tx.objectStore('outbox').add({
    patches: [],
    temporary: [],
    survivor_id: null,
    ...operation,
    op_id,
    device_id: await deviceIn(tx),
    attempts: 0,
    refusal: null,
  });
  return op_id;
}

/** The id under which the server knows this user's store on this device. */
export async function deviceId(store: Store): Promise<string> {
  const known = await store.db.get('meta', 'device_id');
  return typeof known === 'string' ? known : write(store, [], deviceIn);
}

/** The id of this user's store on this device, made the first time it is asked for. */
export async function deviceIn(tx: WriteTransaction): Promise<string> {
  const meta = tx.objectStore('meta');
  const known = await meta.get('device_id');
  if (typeof known === 'string') return known;
  const device_id = newId();
  await meta.put(device_id, 'device_id');
  return device_id;
}
