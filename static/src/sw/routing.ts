/** What the service worker answers itself, and what it leaves to the network. Pure, so that it can be tested without a browser. */

export type Route = 'shell' | 'asset' | 'tile' | 'foreign_tile' | 'network';

export interface Asked {
  method: string;
  cache: string;
  mode: string;
  url: string;
}

const PLACES = /^\/(map|lists|today|team|more|accounts|imports)(\/|$)/;
const TILE = /^\/api\/tiles\/basemap\//;
/** A raster tile of another server: the page's policy lets it ask no other server anything. */
const FOREIGN_TILE = /\/\d+\/\d+\/\d+(\.\w+)?$/;
const ASSET = /^\/static\/assets\//;

/** Asked for so by the page while it keeps an area: what it gets must come from the server, and does not count as seen. */
const FRESH = 'no-cache';

/** Everything under /api but the basemap goes to the server: what the phone keeps of it, it keeps in its store. */
export function routeOf(asked: Asked, origin: string): Route {
  const url = new URL(asked.url);
  if (asked.method !== 'GET') return 'network';
  if (url.origin !== origin) return asked.cache !== FRESH && FOREIGN_TILE.test(url.pathname) ? 'foreign_tile' : 'network';
  if (asked.mode === 'navigate') return url.pathname === '/' || PLACES.test(url.pathname) ? 'shell' : 'network';
  if (ASSET.test(url.pathname)) return 'asset';
  return asked.cache !== FRESH && TILE.test(url.pathname) ? 'tile' : 'network';
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

/** What is to go of a list in the order it was filled, so that `most` remain: the first, which are the longest unseen. */
export const superfluous = <T>(filled: readonly T[], most: number): readonly T[] => filled.slice(0, Math.max(0, filled.length - most));
