/**
 * Basemap tiles once seen are kept, up to a number, and answered at once; older than a day they are fetched again behind the screen's back.
 * Areas that the user keeps lie in caches of their own (map/keeping.ts), where nothing is trimmed.
 */
import { isStale, superfluous } from './routing';

const NAME = 'basemap';
const MOST_TILES = 2000;
/** Counting is slow in a large cache, so it is done once in this many additions. */
const COUNT_EVERY = 100;

let added = 0;

async function trim(cache: Cache): Promise<void> {
  await Promise.all(superfluous(await cache.keys(), MOST_TILES).map((request) => cache.delete(request)));
}

/** The phone is full: what was merely seen goes first. The tile itself is shown all the same. */
async function giveUp(): Promise<void> {
  await caches.delete(NAME);
}

async function fetchAndKeep(request: Request, cache: Cache): Promise<Response> {
  const response = await fetch(request);
  // Before the basemap is built its tiles are empty, and say that they are not to be kept.
  if (response.status === 200 && !/no-store/.test(response.headers.get('Cache-Control') ?? '')) {
    await cache.put(request, response.clone()).catch(giveUp);
    added += 1;
    if (added % COUNT_EVERY === 0) await trim(cache);
  }
  return response;
}

/** Answer from the cache, else from the server. `later` keeps the worker awake for what happens after the answer. */
export async function answerTile(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  const cache = await caches.open(NAME);
  const kept = (await cache.match(request)) ?? (await caches.match(request.url));
  if (!kept) return fetchAndKeep(request, cache);
  if (isStale(kept.headers.get('Date'), Date.now())) later(fetchAndKeep(request, cache).catch(() => undefined));
  return kept;
}

/** A tile of another server: only what the user keeps of it, never what was merely seen. */
export async function answerForeignTile(request: Request): Promise<Response> {
  return (await caches.match(request.url)) ?? fetch(request);
}
