/** Keeping this phone in step with the server, for as long as the page lives. Loaded once the first screen stands. */
import { isDamaged } from './accounts';
import { keepSession, rememberExpired, rememberOther } from './boot';
import { moreWords, t } from './core/i18n/i18n.svelte';
import { ownConnection } from './core/http';
import { keepStorage, isStorageKept } from './core/install';
import { fetchSession, markExpired, session as present, useSession, type Session } from './core/session';
import { forgetAreasOfAccounts } from './map/keptareas';
import type { Store } from './store/store';
import { batchCourier } from './sync/courier';
import { useEngine } from './sync/current';
import { deviceLabel, identify, register } from './sync/device';
import { startEngine } from './sync/engine';
import { readmit } from './sync/quarantine';
import { sealAway, sealOthers } from './sync/sealed';
import type { Engine } from './sync/state';
import { wakeLater } from './sync/waking';
import { toast } from './ui/toasts';
import { carry } from './visits/attachments/carry';

let running: Engine | null = null;

/** Start the engine; `is_fresh`: the session has just been asked for. */
export async function synchronise(store: Store, { session, is_fresh }: { session: Session; is_fresh: boolean }): Promise<void> {
  const user_id = session.user.id;
  const device_id = await identify(store, user_id);
  ownConnection.device_id = device_id;
  let isRegistered = false;

  async function refresh(): Promise<boolean> {
    const fetched = await fetchSession().catch(() => undefined);
    if (fetched === null) onSignedOut();
    if (!fetched || store.is_closed()) return false;
    if (fetched.user.id !== user_id) {
      // Somebody else signed in on this phone: their data, not this user's.
      rememberOther(fetched.user.id);
      await forgetAreasOfAccounts().catch(() => undefined);
      location.reload();
      return false;
    }
    useSession(fetched);
    await keepSession(store, fetched);
    void settleIn();
    return true;
  }

  /** Once a page: make this phone known, open what was sealed at the last sign-out. */
  async function settleIn(): Promise<void> {
    if (isRegistered) return;
    isRegistered = true;
    try {
      const opened = await register(store, { user_id, label: deviceLabel(navigator.userAgent), app_version: present().version || '0' });
      if (opened.kind === 'opened') void engine.sync();
    } catch {
      // Out of reach: when the page is seen again.
      isRegistered = false;
    }
  }

  function onSignedOut(): void {
    rememberExpired();
    markExpired();
  }

  let isWiping = false;

  async function onWiped(): Promise<void> {
    if (isWiping) return;
    isWiping = true;
    try {
      const { sendAndWipe } = await import('./sync/wipe');
      const unsent = await sendAndWipe(store, { user_id, device_id, courier, carry });
      if (unsent !== null) {
        engine.stop();
        // Said by the server's page: nothing of the app is here any more.
        location.replace(`/sign-in?wiped=${unsent}`);
        return;
      }
    } catch {
      // Out of reach, or the phone is full: the next contact goes on.
    } finally {
      isWiping = false;
    }
    if (store.is_closed()) location.reload();
  }

  const courier = batchCourier({ device_id, renew: refresh });
  const engine = startEngine({ store, courier, user_id, carry, onSignedOut, onWiped: () => void onWiped(), onWake: () => void refresh() });
  running = engine;
  useEngine(engine);
  wakeLater(store, engine);
  tellOfTheClock(engine);
  isDamaged.subscribe((isSo) => isSo && void moreWords().then(() => toast(t('trouble.damaged'))));
  keepForGood(store);
  void engine.sync();
  if (is_fresh) void settleIn();
  else void refresh();
  void afterwards(store, user_id);
}

/** What can wait until the first round is under way; should any of it fail, it is tried again at the next start. */
async function afterwards(store: Store, user_id: string): Promise<void> {
  try {
    if ((await readmit(store)) > 0) void running?.sync();
    await sealOthers(user_id);
  } catch (error) {
    if (!store.is_closed()) console.warn(error);
  }
}

/** The user signs out: what is unsent is sealed, everything else leaves the phone. Should that fail, nothing is lost: it is tried again later. */
export async function leave(store: Store): Promise<void> {
  running?.stop();
  await forgetAreasOfAccounts().catch(() => undefined);
  await sealAway(store, present().user.id).catch(() => undefined);
}

/** Once a page: a clock that is off does no harm, but people should know. */
function tellOfTheClock(engine: Engine): void {
  const stop = engine.state.subscribe(({ clock_off_ms }) => {
    if (clock_off_ms === null) return;
    void moreWords().then(() => toast(t('trouble.clock', { n: Math.round(Math.abs(clock_off_ms) / 60_000) })));
    queueMicrotask(() => stop());
  });
}

/** After the first thing saved here, ask the browser never to clear it by itself: now there is something to lose. */
function keepForGood(store: Store): void {
  const stop = store.onChange(({ stores }) => {
    if (!stores.includes('outbox')) return;
    stop();
    void isStorageKept().then((isKept) => (isKept === false ? keepStorage() : null));
  });
}
