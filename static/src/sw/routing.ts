/** What the service worker answers itself, and what it leaves to the network. Pure, so that it can be tested without a browser. */

export type Route = 'shell' | 'asset' | 'tile' | 'network';

export interface Asked {
  method: string;
  mode: string;
  url: string;
}

const PLACES = /^\/(map|lists|today|team|more|accounts|imports)(\/|$)/;
const TILE = /^\/api\/tiles\/basemap\//;
const ASSET = /^\/static\/assets\//;

/** Everything under /api but the basemap goes to the server: what the phone keeps of it, it keeps in its store. */
export function routeOf(asked: Asked, origin: string): Route {
  const url = new URL(asked.url);
  if (asked.method !== 'GET' || url.origin !== origin) return 'network';
  if (asked.mode === 'navigate') return url.pathname === '/' || PLACES.test(url.pathname) ? 'shell' : 'network';
  if (ASSET.test(url.pathname)) return 'asset';
  return TILE.test(url.pathname) ? 'tile' : 'network';
}

const FILES = /\/static\/assets\/[\w.-]+/g;

/** Whether a page is the shell of this build: it loads the build's files and no others. A newer shell would ask for files we do not keep. */
export function isShellOf(html: string, entries: readonly string[]): boolean {
  const files = html.match(FILES) ?? [];
  return files.length > 0 && files.every((file) => entries.includes(file));
}

/** Builds whose files are kept: this one, and the one before it, which an open tab may still run. */
export function keptBuilds<T extends { build: string }>(former: readonly T[], now: T): T[] {
  return [now, ...former.filter((item) => item.build !== now.build)].slice(0, 2);
}

export const TILE_LIFE_MS = 24 * 60 * 60 * 1000;

/** Whether a kept tile should be fetched again behind the screen's back. */
export function isStale(date: string | null, now: number): boolean {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) || now - at > TILE_LIFE_MS;
}
