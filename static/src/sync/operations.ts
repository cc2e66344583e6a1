/** Operations: what a person did, waiting on the phone until the server has acknowledged it. */
import { newId } from '../core/ids';
import type { FieldProblem } from '../core/problem';
import type { EntityStore } from '../store/schema';
import type { WriteTransaction } from '../store/store';
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
  const meta = tx.objectStore('meta');
  let device_id = await meta.get('device_id');
  if (typeof device_id !== 'string') {
    device_id = newId();
    await meta.put(device_id, 'device_id');
  }
  await tx.objectStore('outbox').add({
    patches: [],
    temporary: [],
    survivor_id: null,
    ...operation,
    op_id,
    device_id: String(device_id),
    attempts: 0,
    refusal: null,
  });
  return op_id;
}
