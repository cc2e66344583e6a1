/** Keeping this phone in step with the server, for as long as the page lives. Loaded once the first screen stands. */
import { keepSession, rememberExpired, rememberOther } from './boot';
import { ownConnection } from './core/http';
import { fetchSession, markExpired, useSession, type Session } from './core/session';
import type { Store } from './store/store';
import { batchCourier } from './sync/courier';
import { useEngine } from './sync/current';
import { startEngine } from './sync/engine';
import { deviceId } from './sync/operations';

/** Start the engine; `is_fresh`: the session has just been asked for. */
export async function synchronise(store: Store, { session, is_fresh }: { session: Session; is_fresh: boolean }): Promise<void> {
  const refresh = async (): Promise<boolean> => {
    const session = await fetchSession().catch(() => undefined);
    if (session === null) onSignedOut();
    if (!session) return false;
    if (store.name !== `fieldcrm-${session.user.id}`) {
      // Somebody else signed in on this phone: their data, not this user's.
      rememberOther(session.user.id);
      location.reload();
      return false;
    }
    useSession(session);
    await keepSession(store, session);
    return true;
  };
  const onSignedOut = () => {
    rememberExpired();
    markExpired();
  };
  const device_id = await deviceId(store);
  ownConnection.device_id = device_id;
  const courier = batchCourier({ device_id, renew: refresh });
  const engine = startEngine({ store, courier, user_id: session.user.id, onSignedOut, onWake: () => void refresh() });
  useEngine(engine);
  if (!is_fresh) void refresh();
  void engine.sync();
}
