/** Making room on a full phone: what the server has as well is given up first, what only the phone has never. */
import { addDays } from '../accounts/rules';
import type { Store } from './store';
import { lightly, transact } from './transact';

/** Activities older than this may be fetched again when they are wanted. */
const NEAR_DAYS = 60;

/** Give up old receipts, kept bytes of attachments that the server has, far activities, and kept map tiles. */
export async function makeRoom(store: Store): Promise<void> {
  await transact(store, lightly('receipts', 'blobs', 'activities', 'outbox'), async (tx) => {
    await tx.objectStore('receipts').clear();
    for (const key of await tx.objectStore('blobs').index('by_stored').getAllKeys()) await tx.objectStore('blobs').delete(key);
    const unsent = new Set((await tx.objectStore('outbox').getAll()).map((operation) => operation.entity_id));
    const far = IDBKeyRange.upperBound(addDays(new Date().toISOString().slice(0, 10), -NEAR_DAYS));
    for (const key of await tx.objectStore('activities').index('by_time').getAllKeys(far)) {
      if (!unsent.has(key)) await tx.objectStore('activities').delete(key);
    }
  });
  store.announce({ stores: ['receipts', 'blobs', 'activities'], account_ids: [] });
  if (typeof caches !== 'undefined') await caches.delete('basemap');
}
