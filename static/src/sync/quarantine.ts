/** Operations that this build cannot read are put aside, never thrown away: tried again after an update, taken along in exports. */
import type { Store } from '../store/store';
import { writeAgainable } from '../store/rows';
import { parseOperation } from './operations';

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

/** Try again what was put aside, in its old place of the outbox: after an update this build may know it. Returns how many came back. */
export async function readmit(store: Store): Promise<number> {
  const aside = (await store.db.getAll('quarantine')).filter((item) => item.store === 'outbox' && problemOf(item.value) === null);
  if (aside.length === 0) return 0;
  await writeAgainable(store, [], async (tx) => {
    for (const { id, value } of aside) {
      await tx.objectStore('outbox').put(parseOperation(value, 'outbox'));
      if (id !== undefined) await tx.objectStore('quarantine').delete(id);
    }
  });
  return aside.length;
}

function problemOf(value: unknown): string | null {
  try {
    parseOperation(value, 'outbox');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
