/** Emptying a lost phone at its next contact: what was recorded is sent before; then nothing of the company's stays here. */
import { ownConnection, send, type Connection } from '../core/http';
import { deleteDatabase } from '../store/open';
import { openStore, phoneFactory, type OpenOptions, type Store } from '../store/store';
import { lightly, transact } from '../store/transact';
import { countUnbrought, waiting } from '../visits/attachments/carry';
import type { Courier } from './courier';
import { push } from './push';
import type { RoundOptions } from './round';
import { forgetSealed } from './sealed';

export interface Wiping {
  user_id: string;
  device_id: string;
  courier: Courier;
  carry: NonNullable<RoundOptions['carry']>;
  via?: Connection;
}

/** For so long a phone that was told may bring what only it has; the server ends its session after the same time. */
const GRACE_MS = 600_000;
const TOLD_AT = 'wipe_told_at';

/**
 * Bring what only this phone has, then empty it. Resolves to how much the server would not take, which is gone; to null while that could not all be brought and there is still time:
 * it is for the next contact to go on. The store may be closed then, so that nothing is recorded behind what was brought.
 */
export async function sendAndWipe(store: Store, wiping: Wiping, options: OpenOptions = {}): Promise<number | null> {
  const until = (await toldAt(store, wiping)) + GRACE_MS;
  const isOver = () => serverTime(wiping) > until;
  if (!(await bringAll(store, wiping)) && !isOver()) return null;
  store.close();
  // Saved in the last moment: a store that no screen has open any more tells for good.
  const last = await openStore(store.name, options);
  if (!(await bringAll(last, wiping)) && !isOver()) {
    last.close();
    return null;
  }
  return wipe(last, wiping, options);
}

/** Send and carry; true when nothing is left that could be brought. What the server refused cannot. */
async function bringAll(store: Store, { courier, carry, via = ownConnection }: Wiping): Promise<boolean> {
  const { end } = await push(store, courier, { now: via.now });
  if (end !== 'done') return false;
  await store.exclusively('carry', () => carry(store, via)).catch(() => false);
  return (await countUnbrought(store)) === 0;
}

/** By the server's clock: this phone's may be set. */
const serverTime = ({ via = ownConnection }: Wiping): number => via.now() + (via.ahead_ms ?? 0);

/** When this phone was first told, also if it was switched off since. */
async function toldAt(store: Store, wiping: Wiping): Promise<number> {
  const now = serverTime(wiping);
  const kept = transact(store, lightly('meta'), async (tx) => {
    const known = await tx.objectStore('meta').get(TOLD_AT);
    if (typeof known === 'number') return known;
    await tx.objectStore('meta').put(now, TOLD_AT);
    return now;
  });
  // A full phone is to be emptied all the same.
  return kept.catch(() => now);
}

/**
 * Delete the user's databases, what was cached and remembered, and tell the server. Killed half-way, the next contact begins anew.
 * Returns how much the server had not taken.
 */
export async function wipe(store: Store, { user_id, device_id, via = ownConnection }: Pick<Wiping, 'user_id' | 'device_id' | 'via'>, options: OpenOptions = {}): Promise<number> {
  const { factory = phoneFactory() } = options;
  const unsent = await countUnsent(store);
  store.close();
  await forgetSealed(user_id, options);
  await deleteDatabase(factory, store.name);
  if (typeof caches !== 'undefined') for (const name of await caches.keys()) await caches.delete(name);
  if (typeof localStorage !== 'undefined') localStorage.clear();
  // Out of reach now: the phone is empty all the same, and whoever signs in here begins with nothing.
  await send('POST', `/api/sync/devices/${device_id}/wiped`, { via, body: { unsent } }).catch(() => undefined);
  return unsent;
}

/** Operations waiting, refused or unreadable, and files that the server does not have whole. */
async function countUnsent(store: Store): Promise<number> {
  const aside = (await store.db.getAll('quarantine')).filter((item) => item.store === 'outbox');
  return (await store.db.count('outbox')) + aside.length + (await waiting(store)).length;
}
