/** What the server's answers do to the phone: receipts, refusals kept for the person to see, rows as the server has them. */
import { putAccount } from '../store/rows';
import type { WriteTransaction } from '../store/store';
import { dropMade, layAnswered } from './answered';
import type { Acknowledgement, Delivery } from './courier';
import { beginLaying, forgetRow, layBare, removalOf, type Laying } from './merge';
import type { Operation, Refusal } from './operations';

/** How long a receipt is kept, to show "sent 12:03". */
const RECEIPTS_KEPT_MS = 7 * 86_400_000;

interface Answers {
  deliveries: Delivery[];
  now: number;
}

/** Settle a batch. First the outbox, then the rows: what lies on a row is what is still unsent after the whole batch. */
export async function settle(tx: WriteTransaction, batch: Operation[], { deliveries, now }: Answers): Promise<void> {
  const settled: { operation: Operation; delivery: Delivery }[] = [];
  for (const [index, delivery] of deliveries.entries()) {
    const sent = batch[index];
    const present = sent?.seq === undefined ? undefined : await tx.objectStore('outbox').get(sent.seq);
    // Edited meanwhile: the answer belongs to the former wording.
    if (!present || present.op_id !== sent?.op_id) continue;
    await settleMessage(tx, present, { delivery, now });
    settled.push({ operation: present, delivery });
  }
  const laying = await beginLaying(tx);
  for (const { operation, delivery } of settled) {
    if (delivery.kind === 'receipt') await layAnswer(tx, operation, { delivery, laying });
    else if (delivery.kind === 'refused') await layRefused(tx, operation, laying);
  }
  await dropOldReceipts(tx, now);
}

async function settleMessage(tx: WriteTransaction, operation: Operation, { delivery, now }: { delivery: Delivery; now: number }): Promise<void> {
  const outbox = tx.objectStore('outbox');
  if (delivery.kind === 'receipt') {
    if (operation.seq !== undefined) await outbox.delete(operation.seq);
    const { op_id, type, entity_id, account_id, label } = operation;
    const { status, notes, conflict_ids } = delivery;
    await tx.objectStore('receipts').put({ op_id, type, entity_id, account_id, label, sent_at: new Date(now).toISOString(), status, notes, conflict_ids });
  } else if (delivery.kind === 'refused') {
    await outbox.put(refused(operation, delivery.refusal));
  } else if (delivery.kind === 'later') {
    await outbox.put({ ...operation, attempts: operation.attempts + 1 });
  }
}

/** A refused deletion no longer hides the account. */
function refused(operation: Operation, refusal: Refusal): Operation {
  const patches = operation.type === 'account.delete' ? [] : operation.patches;
  return { ...operation, attempts: operation.attempts + 1, refusal, patches };
}

interface Answer {
  delivery: Acknowledgement;
  laying: Laying;
}

async function layAnswer(tx: WriteTransaction, operation: Operation, { delivery, laying }: Answer): Promise<void> {
  // With what was put aside under it: nothing of the server's ever lay there.
  for (const row of operation.temporary) await forgetRow(tx, row.store, row.id);
  // Taken in, but no longer this person's to see: the phone keeps none of it.
  const isOthers = delivery.notes.some((note) => note.code === 'no_longer_yours');
  const isRead = await layAnswered(tx, isOthers ? [] : delivery.rows, laying);
  for (const patch of operation.patches) await layBare(tx, patch.store, patch.id, laying);
  if (isRead) await dropMade(tx, operation, laying);
  const removal = removalOf(operation);
  if (removal && !delivery.rows.some((row) => row.store === removal.store)) await tx.objectStore('bases').delete(`${removal.store}:${removal.id}`);
}

/** What may not be deleted stands where it was. */
async function layRefused(tx: WriteTransaction, operation: Operation, laying: Laying): Promise<void> {
  const removal = removalOf({ ...operation, refusal: null });
  if (removal) await layBare(tx, removal.store, removal.id, laying);
  if (operation.type !== 'account.delete') return;
  const account = await tx.objectStore('accounts').get(operation.entity_id);
  if (account) await putAccount(tx, { ...account, deleted_at: null });
}

async function dropOldReceipts(tx: WriteTransaction, now: number): Promise<void> {
  const receipts = tx.objectStore('receipts');
  const old = IDBKeyRange.upperBound(new Date(now - RECEIPTS_KEPT_MS).toISOString());
  for (const stale of await receipts.index('by_time').getAllKeys(old)) await receipts.delete(stale);
}
