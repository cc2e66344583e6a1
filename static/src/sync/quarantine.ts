/** Operations that this build cannot read are put aside, never thrown away: tried again after an update, taken along in exports. */
import { UnreadableError } from '../core/parse';
import type { Quarantined } from '../store/schema';
import type { Store, WriteTransaction } from '../store/store';
import { writeAgainable } from '../store/rows';
import { beginLaying, mergeRow, type Laying } from './merge';
import { parseOperation, parseStore, type Operation } from './operations';

/** Take out of the outbox what this build cannot send. Returns how many. */
export async function quarantine(store: Store): Promise<number> {
  const unreadable = (await store.db.getAll('outbox')).map((value) => ({ value, reason: problemOf(value) })).filter((item) => item.reason !== null);
  if (unreadable.length === 0) return 0;
  const at = new Date().toISOString();
  await writeAgainable(store, [], async (tx) => {
    for (const { value, reason } of unreadable) {
      await tx.objectStore('quarantine').add({ store: 'outbox', at, reason: reason ?? '', value });
      if (value.seq !== undefined) await tx.objectStore('outbox').delete(value.seq);
    }
  });
  return unreadable.length;
}

/** Try again what was put aside: after an update this build may know it. Operations go back to their place in the outbox. Returns how many came back. */
export async function readmit(store: Store): Promise<number> {
  const aside = await store.db.getAll('quarantine');
  if (aside.length === 0) return 0;
  return writeAgainable(store, null, async (tx) => {
    let readmitted = 0;
    const laying = await beginLaying(tx);
    for (const item of aside) {
      if (!(await comesBack(tx, item, laying)) || item.id === undefined) continue;
      await tx.objectStore('quarantine').delete(item.id);
      readmitted += 1;
    }
    return readmitted;
  });
}

async function comesBack(tx: WriteTransaction, { store, value }: Quarantined, laying: Laying): Promise<boolean> {
  try {
    if (store === 'outbox') await putInPlace(tx, parseOperation(value, 'outbox'));
    else await mergeRow(tx, parseStore(store, 'store'), value, laying);
    return true;
  } catch (error) {
    if (error instanceof UnreadableError) return false;
    throw error;
  }
}

/** Its number may have been given away on the device it was carried to; and a file read in may have brought it already. */
async function putInPlace(tx: WriteTransaction, operation: Operation): Promise<void> {
  const { seq, ...rest } = operation;
  const isHere = await tx.objectStore('outbox').index('by_op').getKey(operation.op_id);
  const isSent = await tx.objectStore('receipts').getKey(operation.op_id);
  if (isHere !== undefined || isSent !== undefined) return;
  const isTaken = seq === undefined || (await tx.objectStore('outbox').getKey(seq)) !== undefined;
  await tx.objectStore('outbox').put(isTaken ? rest : operation);
}

function problemOf(value: unknown): string | null {
  try {
    parseOperation(value, 'outbox');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
