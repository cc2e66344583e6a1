/** Sending the outbox: oldest first; an operation leaves it only on the server's receipt. */
import { UnreadableError } from '../core/parse';
import { putAccount, removeRow, write } from '../store/rows';
import type { Store, WriteTransaction } from '../store/store';
import type { Courier, Delivery } from './courier';
import { mergeRow, pendingChanges } from './merge';
import type { Operation, Refusal } from './operations';

export type PushEnd = 'done' | 'unreachable' | 'signed_out';

export interface PushResult {
  end: PushEnd;
  acknowledged: number;
  /** Accounts brought back: what hangs on them has to be fetched again. */
  restored: string[];
}

/** How long a receipt is kept, to show "sent 12:03". */
const RECEIPTS_KEPT_MS = 7 * 86_400_000;

/** Send what can be sent. Only one page or worker of this phone does so at a time. */
export function push(store: Store, courier: Courier): Promise<PushResult> {
  return exclusively(`push:${store.name}`, () => sendAll(store, courier));
}

async function sendAll(store: Store, courier: Courier): Promise<PushResult> {
  let acknowledged = 0;
  const restored: string[] = [];
  for (;;) {
    const batch = sendable(await store.db.getAll('outbox')).slice(0, courier.batch_size);
    if (batch.length === 0) return { end: 'done', acknowledged, restored };
    const deliveries = await courier.deliver(batch);
    for (const [index, delivery] of deliveries.entries()) {
      const operation = batch[index];
      if (!operation) continue;
      await settle(store, operation, delivery);
      if (delivery.kind === 'receipt') acknowledged += 1;
      if (delivery.kind === 'receipt' && operation.type === 'account.restore') restored.push(operation.entity_id);
      if (delivery.kind === 'later') return { end: delivery.reason, acknowledged, restored };
    }
  }
}

/** Operations that may go now: not refused, and not about something whose creation was refused. */
export function sendable(operations: Operation[]): Operation[] {
  const stuck = new Set(operations.filter((item) => item.refusal && item.type.endsWith('.create')).map((item) => item.entity_id));
  return operations.filter((item) => !item.refusal && !stuck.has(item.entity_id) && !(item.account_id && stuck.has(item.account_id)));
}

async function settle(store: Store, operation: Operation, delivery: Delivery): Promise<void> {
  const accounts = operation.account_id ? [operation.account_id] : [];
  await write(store, accounts, async (tx) => {
    const key = operation.seq;
    const present = key === undefined ? undefined : await tx.objectStore('outbox').get(key);
    // Edited meanwhile: the answer belongs to the former wording.
    if (!present || present.op_id !== operation.op_id) return;
    if (delivery.kind === 'receipt') await acknowledge(tx, present, delivery);
    else if (delivery.kind === 'refused') await refuse(tx, present, delivery.refusal);
    else await tx.objectStore('outbox').put({ ...present, attempts: present.attempts + 1 });
  });
}

/** Keep a refused operation for the person to see; an account that may not be deleted stands in the lists again. */
async function refuse(tx: WriteTransaction, operation: Operation, refusal: Refusal): Promise<void> {
  const refused = { ...operation, attempts: operation.attempts + 1, refusal };
  if (operation.type !== 'account.delete') {
    await tx.objectStore('outbox').put(refused);
    return;
  }
  await tx.objectStore('outbox').put({ ...refused, patches: [] });
  const account = await tx.objectStore('accounts').get(operation.entity_id);
  if (account) await putAccount(tx, { ...account, deleted_at: null });
}

async function acknowledge(tx: WriteTransaction, operation: Operation, delivery: Extract<Delivery, { kind: 'receipt' }>): Promise<void> {
  const outbox = tx.objectStore('outbox');
  if (operation.seq !== undefined) await outbox.delete(operation.seq);
  for (const row of operation.temporary) await removeRow(tx, row.store, row.id);
  if (delivery.store && delivery.row) {
    try {
      await mergeRow(tx, delivery.store, delivery.row, pendingChanges(await outbox.getAll()));
    } catch (error) {
      // The server has it; a row of a newer shape is read after the app's update.
      if (!(error instanceof UnreadableError)) throw error;
    }
  }
  const now = Date.now();
  const receipts = tx.objectStore('receipts');
  const { op_id, type, entity_id, account_id, label } = operation;
  await receipts.put({ op_id, type, entity_id, account_id, label, sent_at: new Date(now).toISOString(), status: 'applied', notes: [], conflict_ids: [] });
  const old = IDBKeyRange.upperBound(new Date(now - RECEIPTS_KEPT_MS).toISOString());
  for (const stale of await receipts.index('by_time').getAllKeys(old)) await receipts.delete(stale);
}

const running = new Map<string, Promise<unknown>>();

/** Run under a Web Lock; where there is none (tests, old browsers) one after the other in this page. */
async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (typeof navigator !== 'undefined' && 'locks' in navigator) {
    return (await navigator.locks.request(name, work)) as T;
  }
  const before = running.get(name) ?? Promise.resolve();
  const mine = before.then(work, work);
  running.set(name, mine.catch(() => undefined));
  return mine;
}
