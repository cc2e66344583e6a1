/** Emptying a lost phone at its next contact: what was recorded has been sent before; then nothing of the company's stays here. */
import { ownConnection, send, type Connection } from '../core/http';
import { deleteDatabase } from '../store/open';
import { phoneFactory, type OpenOptions, type Store } from '../store/store';
import { forgetSealed } from './sealed';

export interface Wiping {
  user_id: string;
  device_id: string;
  via?: Connection;
}

/** Delete the user's databases, what was cached and remembered, and tell the server. Killed half-way, the next contact begins anew. */
export async function wipe(store: Store, { user_id, device_id, via = ownConnection }: Wiping, options: OpenOptions = {}): Promise<void> {
  const { factory = phoneFactory() } = options;
  const unsent = await store.db.count('outbox');
  store.close();
  await forgetSealed(user_id, options);
  await deleteDatabase(factory, store.name);
  if (typeof caches !== 'undefined') for (const name of await caches.keys()) await caches.delete(name);
  if (typeof localStorage !== 'undefined') localStorage.clear();
  // Out of reach now: the phone is empty all the same, and whoever signs in here begins with nothing.
  await send('POST', `/api/sync/devices/${device_id}/wiped`, { via, body: { unsent } }).catch(() => undefined);
}
