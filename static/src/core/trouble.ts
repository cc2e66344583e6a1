/** What can go wrong on the phone itself, as types; the screens say what is safe. */

/** There is no room on the phone, also after old copies were given up. What was to be saved was not; the form is still there. */
export class StorageFull extends Error {
  override name = 'StorageFull';

  constructor() {
    super('The storage of this device is full.');
  }
}

/** The browser gives no place to keep anything: private browsing, or storage forbidden by a setting. */
export class NoStorage extends Error {
  override name = 'NoStorage';
}

/** The database is there and cannot be opened: it is damaged, or a newer build has written it. */
export class BrokenStorage extends Error {
  override name = 'BrokenStorage';
}

/** Why the app cannot start. */
export type StartTrouble = 'offline' | 'no_storage' | 'full' | 'broken';

export function startTroubleOf(error: unknown): StartTrouble {
  if (isStorageFull(error)) return 'full';
  if (error instanceof NoStorage) return 'no_storage';
  return error instanceof BrokenStorage ? 'broken' : 'offline';
}

const FULL = new Set(['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED']);

/** By its name: a DOMException is no Error in every engine. */
export const isStorageFull = (error: unknown): boolean =>
  error instanceof StorageFull || (typeof error === 'object' && error !== null && 'name' in error && FULL.has(String(error.name)));

/** A difference between this device's clock and the server's that people should know of. */
const CLOCK_TOLERATED_MS = 5 * 60_000;

/** How far the device's clock is off (positive: slow), or null when it is right or unknown. Times are put right by the server. */
export const clockOff = (ahead_ms: number | null): number | null => (ahead_ms !== null && Math.abs(ahead_ms) > CLOCK_TOLERATED_MS ? ahead_ms : null);
