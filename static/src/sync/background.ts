/** Sending from the service worker (Background Sync), while no page is open: the same outbox under the same lock. No Svelte here. */
import { connect, type Connection } from '../core/http';
import { fetchSession } from '../core/session';
import { openStore, type OpenOptions } from '../store/store';
import { batchCourier } from './courier';
import { deviceId } from './operations';
import { push } from './push';

/** Under this name a page asks to be woken for sending. */
export const SEND_TAG = 'fieldcrm-send';

/**
 * Send what the signed-in user has waiting on this phone. Throws when something is left that could go later: the browser then tries again.
 * A page that is open shows the result at once.
 */
export async function sendInBackground({ via = connect(), ...options }: OpenOptions & { via?: Connection } = {}): Promise<void> {
  const session = await fetchSession(via);
  // Nobody signed in: after the next sign-in a page sends it.
  if (!session) return;
  const name = `fieldcrm-${session.user.id}`;
  const { factory = indexedDB } = options;
  const databases = await factory.databases();
  if (!databases.some((database) => database.name === name)) return;
  const store = await openStore(name, options);
  try {
    const device_id = await deviceId(store);
    const courier = batchCourier({ via: { ...via, csrf_token: session.csrf_token, device_id }, device_id });
    const { end, detail } = await push(store, courier);
    if (end === 'unreachable') throw new Error(detail);
  } finally {
    store.close();
  }
}
