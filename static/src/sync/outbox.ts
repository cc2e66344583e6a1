/** The outbox as the screens see it: what waits, what needs attention, what was sent; and how to send again. */
import { newId } from '../core/ids';
import type { Readable } from '../core/signal';
import { live } from '../store/live';
import { write } from '../store/rows';
import type { Store } from '../store/store';
import type { Operation, Receipt } from './operations';

export interface OutboxState {
  waiting: Operation[];
  attention: Operation[];
  /** Newest first. */
  receipts: Receipt[];
}

export function outboxState(store: Store): Readable<OutboxState | undefined> {
  return live(store, ['outbox', 'receipts'], async () => {
    const [operations, receipts] = await Promise.all([store.db.getAll('outbox'), store.db.getAllFromIndex('receipts', 'by_time')]);
    return {
      waiting: operations.filter((item) => !item.refusal),
      attention: operations.filter((item) => item.refusal),
      receipts: receipts.reverse(),
    };
  });
}

export type Outcome = { kind: 'sent'; receipt: Receipt } | { kind: 'refused'; operation: Operation } | { kind: 'waiting' };

/** What becomes of an operation within a time; `waiting` when that is over before the server has said anything. */
export function outcomeOf(store: Store, op_id: string, within_ms: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome) => {
      clearTimeout(timer);
      stop();
      resolve(outcome);
    };
    const look = async () => {
      const [receipt, operation] = await Promise.all([store.db.get('receipts', op_id), store.db.getFromIndex('outbox', 'by_op', op_id)]);
      if (receipt) settle({ kind: 'sent', receipt });
      else if (operation?.refusal) settle({ kind: 'refused', operation });
    };
    const stop = store.onChange(({ stores }) => {
      if (stores.includes('outbox')) void look();
    });
    const timer = setTimeout(() => settle({ kind: 'waiting' }), within_ms);
    void look();
  });
}

/** Send a refused operation again as it is. */
export async function retry(store: Store, operation: Operation): Promise<void> {
  await rewrite(store, operation, {});
}

/** Send a refused operation again with corrected fields: a new message (new op_id) about the same thing. */
export async function resend(store: Store, operation: Operation, body: Record<string, unknown>): Promise<void> {
  await rewrite(store, operation, { op_id: newId(), body: { ...operation.body, ...body } });
}

async function rewrite(store: Store, operation: Operation, change: Partial<Operation>): Promise<void> {
  await write(store, operation.account_id ? [operation.account_id] : [], async (tx) => {
    const key = operation.seq;
    const present = key === undefined ? undefined : await tx.objectStore('outbox').get(key);
    if (!present) return;
    // What is shown on this phone follows the correction.
    const patches = present.patches.map((patch) => (patch.id === present.entity_id ? { ...patch, changes: { ...patch.changes, ...change.body } } : patch));
    await tx.objectStore('outbox').put({ ...present, ...change, patches, refusal: null });
  });
}
