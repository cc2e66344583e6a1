/** The service worker seen from the page: registers it, lets it fetch the rest of the app when idle, and offers a new build when one is ready. */
import { onceReached } from './reach';

export interface UpdateOptions {
  /** Whether something is half written: then the offer waits. Nothing would be lost, but nobody likes a reload under the pen. */
  isBusy: () => boolean;
  /** Show the offer and return how to take it back; `accept` takes the new build and loads the page again. */
  offer: (accept: () => void) => () => void;
}

const CHECK_EVERY_MS = 60 * 60 * 1000;
/** While a new build waits: how soon an offer follows the form that was in its way, and goes when another is opened. */
const LOOK_EVERY_MS = 2_000;

/** Register the worker and watch for new builds, for as long as the page lives. */
export async function watchForUpdates({ isBusy, offer }: UpdateOptions): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await onceReached(() => navigator.serviceWorker.register('/sw.js', { scope: '/' }));
  let checkedAt = Date.now();
  let isAccepted = false;
  let withdraw: (() => void) | null = null;
  let looking: ReturnType<typeof setInterval> | undefined;

  function accept(): void {
    isAccepted = true;
    if (registration.waiting) registration.waiting.postMessage('take-over');
    // Another tab has taken it already.
    else location.reload();
  }

  function takeBack(): void {
    withdraw?.();
    withdraw = null;
  }

  function look(): void {
    // Without a controller this is the first visit: there is nothing to update from.
    if (!registration.waiting || !navigator.serviceWorker.controller) {
      clearInterval(looking);
      looking = undefined;
      return;
    }
    looking ??= setInterval(look, LOOK_EVERY_MS);
    if (isBusy()) takeBack();
    else withdraw ??= offer(accept);
  }

  registration.addEventListener('updatefound', () => {
    const next = registration.installing;
    next?.addEventListener('statechange', () => next.state === 'installed' && look());
  });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // Another tab's consent is not this one's: its files are kept, it goes on with them.
    if (isAccepted) location.reload();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    // An offer that went by unseen is made again.
    takeBack();
    look();
    if (Date.now() - checkedAt < CHECK_EVERY_MS) return;
    checkedAt = Date.now();
    // Offline: the next time then.
    registration.update().catch(() => undefined);
  });
  look();
  const ready = await navigator.serviceWorker.ready;
  ready.active?.postMessage('warm');
}
