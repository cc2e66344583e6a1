/** Sending the outbox: oldest first, by the batch; an operation leaves it only on the server's receipt. */
import { writeAgainable } from '../store/rows';
import type { Store } from '../store/store';
import type { Courier, Delivery, Later } from './courier';
import type { Operation } from './operations';
import { quarantine } from './quarantine';
import { settle } from './settle';

export type PushEnd = 'done' | Later['reason'];

export interface PushResult {
  end: PushEnd;
  detail: string;
  acknowledged: number;
  /** Accounts brought back: what hangs on them has to be fetched again. */
  restored: string[];
}

export interface PushOptions {
  /** Told before the first batch and after each: how many of how many have been answered. */
  onprogress?: (done: number, total: number) => void;
  /** This phone's clock. */
  now?: () => number;
}

/** Send what can be sent. Only one page or worker of this phone does so at a time. */
export function push(store: Store, courier: Courier, options: PushOptions = {}): Promise<PushResult> {
  return store.exclusively('push', () => sendAll(store, courier, options));
}

async function sendAll(store: Store, courier: Courier, { onprogress, now = Date.now }: PushOptions): Promise<PushResult> {
  await quarantine(store);
  const result: PushResult = { end: 'done', detail: '', acknowledged: 0, restored: [] };
  // Answered in this round already, with nothing that takes them off the list: not again before the next.
  const waiting = new Set<string>();
  let answered = 0;
  for (;;) {
    const left = sendable(await store.db.getAll('outbox')).filter((operation) => !waiting.has(operation.op_id));
    if (left.length === 0) break;
    onprogress?.(answered, answered + left.length);
    const batch = left.slice(0, courier.batch_size);
    const deliveries = await courier.deliver(batch);
    await settleBatch(store, batch, { deliveries, now: now() });
    for (const [index, delivery] of deliveries.entries()) {
      const operation = batch[index];
      if (!operation || delivery.kind === 'later') continue;
      answered += 1;
      if (delivery.kind === 'blocked') waiting.add(operation.op_id);
      if (delivery.kind !== 'receipt') continue;
      result.acknowledged += 1;
      if (operation.type === 'account.restore') result.restored.push(operation.entity_id);
    }
    const later = deliveries.find((delivery) => delivery.kind === 'later');
    if (later) return { ...result, end: later.reason, detail: later.detail };
  }
  if (result.acknowledged > 0) onprogress?.(answered, answered);
  return result;
}

/** Operations that may go now: not refused, and not about something whose creation was refused. */
export function sendable(operations: Operation[]): Operation[] {
  const stuck = new Set(operations.filter((item) => item.refusal && CREATING.has(item.type)).map((item) => item.entity_id));
  return operations.filter((item) => !item.refusal && !stuck.has(item.entity_id) && !(item.account_id && stuck.has(item.account_id)));
}

const CREATING: ReadonlySet<string> = new Set(['account.create', 'contact.create', 'task.create', 'appointment.create', 'activity.log', 'attachment.add']);

interface Answers {
  deliveries: Delivery[];
  now: number;
}

/** All answers of a batch in one transaction: they are all kept, or all asked for again. */
async function settleBatch(store: Store, batch: Operation[], answers: Answers): Promise<void> {
  const accounts = new Set(batch.map((operation) => operation.account_id).filter((id) => id !== null));
  for (const delivery of answers.deliveries) {
    if (delivery.kind !== 'receipt') continue;
    for (const row of delivery.rows) if (row.store === 'accounts') accounts.add(idOf(row.value));
  }
  await writeAgainable(store, [...accounts], (tx) => settle(tx, batch, answers));
}

const idOf = (value: unknown): string => (typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : '');
