/** Asking the browser to wake the service worker when the network is back, where it can (Background Sync): what waits is then sent with no page open. */
import type { Store } from '../store/store';
import { SEND_TAG } from './background';
import type { Engine } from './state';

interface SyncRegistration {
  register(tag: string): Promise<void>;
}

const isSync = (value: unknown): value is SyncRegistration => typeof value === 'object' && value !== null && 'register' in value && typeof value.register === 'function';

/** After each round that did not reach the server, while something waits here. A bonus: pages go on trying by themselves. */
export function wakeLater(store: Store, engine: Engine): void {
  let last = engine.state.get().phase;
  engine.state.subscribe(({ phase }) => {
    if (phase === 'unreachable' && last !== phase) void askToBeWoken(store).catch(() => undefined);
    last = phase;
  });
}

async function askToBeWoken(store: Store): Promise<void> {
  if ((await store.db.count('outbox')) === 0 || !('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  // Safari and Firefox have none.
  const sync: unknown = registration && 'sync' in registration ? registration.sync : null;
  if (isSync(sync)) await sync.register(SEND_TAG);
}
