/** What the outbox screen says of an operation: what it is, and why it is not on the server yet. */
import type { Key } from '../core/i18n/i18n.svelte';
import type { Operation, OperationType } from '../sync/operations';
import type { SyncState } from '../sync/state';

export const TYPE_KEYS: Record<OperationType, Key> = {
  'activity.log': 'op.activity_log',
  'activity.amend': 'op.activity_amend',
  'account.create': 'op.account_create',
  'account.update': 'op.account_update',
  'account.move': 'op.account_move',
  'account.delete': 'op.account_delete',
  'account.restore': 'op.account_restore',
  'contact.create': 'op.contact_create',
  'contact.update': 'op.contact_update',
  'contact.delete': 'op.contact_delete',
  'task.create': 'op.task_create',
  'task.update': 'op.task_update',
  'appointment.create': 'op.appointment_create',
  'appointment.update': 'op.appointment_update',
  'appointment.cancel': 'op.appointment_cancel',
  'attachment.add': 'op.attachment_add',
  'attachment.delete': 'op.attachment_delete',
  'conflict.settle': 'op.conflict_settle',
};

/** Why a waiting operation waits. One that hangs on something the server has refused waits for that. */
export function whyWaiting(item: Operation, attention: readonly Operation[], sync: Pick<SyncState, 'phase' | 'is_cut_off' | 'sending'>): Key {
  const isHeld = attention.some((other) => other.type.endsWith('.create') && (other.entity_id === item.entity_id || other.entity_id === item.account_id));
  if (isHeld) return 'outbox.why_held';
  if (sync.phase === 'signed_out') return 'outbox.why_signed_out';
  if (sync.is_cut_off || sync.phase === 'unreachable') return 'outbox.why_offline';
  if (sync.phase === 'trouble') return 'outbox.why_trouble';
  return sync.sending ? 'outbox.why_sending' : 'outbox.why_next';
}

/** What a person may decide to do without: the server would not have it, and nothing that was recorded in the field is lost with it. */
const DISPENSABLE: ReadonlySet<OperationType> = new Set<OperationType>([
  'account.update', 'account.move', 'account.delete', 'account.restore', 'contact.update', 'contact.delete', 'task.update',
  'appointment.update', 'appointment.cancel', 'attachment.delete', 'conflict.settle',
]);

export const mayGiveUp = (item: Operation): boolean => item.refusal !== null && DISPENSABLE.has(item.type);
