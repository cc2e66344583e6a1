/** What this device is and what its user prefers on it; kept in localStorage because it belongs to the device, not to the account. */
import { writable, type Readable } from './signal';

const agent = typeof navigator === 'undefined' ? '' : navigator.userAgent;

export const device = {
  is_apple: /iPhone|iPad|Macintosh/.test(agent),
  is_android: /Android/.test(agent),
};

export type NavigationApp = 'google' | 'apple' | 'geo';

const KEY = 'fieldcrm.navigation';

function read(): NavigationApp {
  try {
    const saved = localStorage.getItem(KEY);
    return saved === 'apple' || saved === 'geo' ? saved : 'google';
  } catch {
    return 'google';
  }
}

const chosen = writable<NavigationApp>(read());
export const navigationApp: Readable<NavigationApp> = chosen;

export function chooseNavigationApp(app: NavigationApp): void {
  chosen.set(app);
  try {
    localStorage.setItem(KEY, app);
  } catch {
    // Kept for this page only.
  }
}
