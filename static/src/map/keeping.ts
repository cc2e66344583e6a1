/** Fetching the tiles of an area (or the organisation's own map file) to keep them: sized up beforehand, broken off and gone on with at will. */
import { newId } from '../core/ids';
import { keepStorage } from '../core/install';
import { Unreachable } from '../core/problem';
import { fetchRaw } from '../core/raw';
import { writable, type Readable } from '../core/signal';
import { isStorageFull } from '../core/trouble';
import { estimateBytes, fittingZooms, samplesOf } from './area';
import { areaCache, noteArea, readAreas, type KeptArea } from './keptareas';
import type { Bounds } from './projection';
import { PACE, tileUrl, urlsOf, type SourceName, type TileSet } from './tilesources';

/** How it ended. Whatever came until then is kept and used. */
export type KeepEnd = 'done' | 'cancelled' | 'full' | 'unready' | 'unreachable';

/** The server has not built the embedded map yet: until then its tiles are empty and say that they are not to be kept. */
export class NotBuilt extends Error {
  override name = 'NotBuilt';
}

export interface Keeping {
  id: string;
  done: number;
  wanted: number;
}

const SAMPLES = 3;
const NOTE_EVERY = 100;
const RETRIES_MS = [1_000, 4_000, 10_000];
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

const state = writable<Keeping | null>(null);
let stop: AbortController | null = null;

/** The area being fetched now; one at a time. */
export const keeping: Readable<Keeping | null> = state;

export const cancelKeeping = (): void => stop?.abort();

/** What an area takes of each source, as near as its share of tiles allows. */
export function planSets(boxes: readonly Bounds[], sources: Partial<Record<SourceName, string>>): { sets: TileSet[]; tiles: number } {
  const names: SourceName[] = ['embedded', 'online'];
  const fitting = names.flatMap((source) => {
    const url = sources[source];
    const fit = url ? fittingZooms(boxes, PACE[source].most) : null;
    return url && fit ? [{ source, url, ...fit }] : [];
  });
  return { sets: fitting.map(({ source, url, zooms }) => ({ source, url, zooms })), tiles: fitting.reduce((sum, { tiles }) => sum + tiles, 0) };
}

/** Bytes an area will take, from a few of its tiles. Throws Unreachable or NotBuilt. */
export async function sizeUp(boxes: readonly Bounds[], sets: readonly TileSet[], signal: AbortSignal): Promise<number> {
  const sizes = sets.map(async ({ url, zooms }) => {
    const sampled = await Promise.all(
      samplesOf(boxes, zooms, SAMPLES).map(async (tile) => {
        const content = await contentOf(await fetchRaw(tileUrl(url, tile), { signal }));
        return { z: tile.z, bytes: content?.byteLength ?? 0 };
      }),
    );
    return estimateBytes(boxes, zooms, sampled);
  });
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

/** Begin to keep an area. */
export function keepArea({ kind, boxes, sets }: Pick<KeptArea, 'kind' | 'boxes' | 'sets'>): Promise<KeepEnd> {
  return goOn({ id: newId(), kind, boxes, sets, wanted: 0, done: 0, bytes: 0, is_whole: false, at: '' });
}

/** Fetch what an area still lacks; all of it anew when it was whole. */
export async function goOn(area: KeptArea): Promise<KeepEnd> {
  if (state.get()) return 'cancelled';
  stop = new AbortController();
  const { signal } = stop;
  state.set({ id: area.id, done: 0, wanted: area.wanted });
  // Kept on request: the browser is asked not to clear it by itself.
  void keepStorage().catch(() => false);
  try {
    await (area.kind === 'file' ? fetchFile(area, signal) : fetchTiles(area, signal));
    return 'done';
  } catch (error) {
    if (signal.aborted) return 'cancelled';
    if (isStorageFull(error)) return 'full';
    if (error instanceof NotBuilt) return 'unready';
    if (error instanceof Unreachable) return 'unreachable';
    throw error;
  } finally {
    state.set(null);
    await readAreas();
  }
}

async function fetchTiles(area: KeptArea, signal: AbortSignal): Promise<void> {
  const cache = await areaCache(area.id);
  const urls = area.sets.map((set) => ({ pace: PACE[set.source], urls: urlsOf(set, area.boxes) }));
  const wanted = urls.reduce((sum, each) => sum + each.urls.length, 0);
  const here = new Set(area.is_whole ? [] : (await cache.keys()).map(({ url }) => url));
  const isMissing = (url: string) => !here.has(new Request(url).url);
  const missing = urls.map(({ pace, urls: all }) => ({ pace, urls: all.filter(isMissing) }));
  const done = wanted - missing.reduce((sum, each) => sum + each.urls.length, 0);
  const now = { ...area, wanted, done, bytes: area.is_whole ? 0 : area.bytes, is_whole: false, at: new Date().toISOString() };
  const note = () => noteArea(now);
  await note();
  try {
    for (const { pace, urls: rest } of missing) {
      await inRows(rest, { pace, signal }, async (url) => {
        const bytes = await fetchTile(url, cache, signal);
        now.bytes += bytes;
        now.done += 1;
        state.set({ id: now.id, done: now.done, wanted });
        if (now.done % NOTE_EVERY === 0) await note();
      });
    }
    now.is_whole = true;
  } finally {
    // On a full phone the former note stands: what came is found again by its tiles.
    await note().catch(() => undefined);
  }
}

/** Work through a list in a few rows at once, each with its pauses; the first error ends all of them. */
async function inRows(urls: readonly string[], { pace, signal }: { pace: { parallel: number; pause_ms: number }; signal: AbortSignal }, work: (url: string) => Promise<void>): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const row = async () => {
    for (let url = urls[next++]; url !== undefined && !hasFailed; url = urls[next++]) {
      signal.throwIfAborted();
      await work(url).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
      if (pace.pause_ms) await pause(pace.pause_ms);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: pace.parallel }, row));
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** What a tile holds; null where the source has none, as at sea. */
async function contentOf(response: Response): Promise<ArrayBuffer | null> {
  if (response.status === 404 || response.status === 204) return null;
  if (!response.ok) throw new Unreachable(`${response.status} for a tile`);
  if (/no-store/.test(response.headers.get('Cache-Control') ?? '')) throw new NotBuilt(response.url);
  return response.arrayBuffer();
}

/** Fetch and keep one tile; returns its bytes. */
async function fetchTile(url: string, cache: Cache, signal: AbortSignal): Promise<number> {
  const response = await patiently(url, signal);
  const body = await contentOf(response);
  if (!body) return 0;
  const headers = new Headers({ 'Content-Type': response.headers.get('Content-Type') ?? 'application/octet-stream', Date: response.headers.get('Date') ?? new Date().toUTCString() });
  await cache.put(url, new Response(body, { headers }));
  return body.byteLength;
}

/** A few more tries: what is fetched for minutes meets a gap in the network now and then. */
async function patiently(url: string, signal: AbortSignal): Promise<Response> {
  for (const retry_ms of RETRIES_MS) {
    const response = await fetchRaw(url, { cache: 'no-cache', signal }).catch((error: unknown) => {
      if (error instanceof Unreachable) return null;
      throw error;
    });
    if (response && !PASSING.has(response.status)) return response;
    signal.throwIfAborted();
    await pause(retry_ms);
  }
  return fetchRaw(url, { cache: 'no-cache', signal });
}

/** The id of the organisation's own map file among the kept areas. */
export const OWN_FILE = 'file';

/** Bytes of the organisation's own map file; null when its server does not say. */
export async function sizeOfFile(url: string): Promise<number | null> {
  const response = await fetchRaw(url, { method: 'HEAD' });
  return response.ok ? Number(response.headers.get('Content-Length')) || null : null;
}

export function keepFile(url: string): Promise<KeepEnd> {
  return goOn({ id: OWN_FILE, kind: 'file', boxes: [], sets: [{ source: 'online', url, zooms: { from: 0, to: 0 } }], wanted: 0, done: 0, bytes: 0, is_whole: false, at: '' });
}

async function fetchFile(area: KeptArea, signal: AbortSignal): Promise<void> {
  const url = area.sets[0]?.url ?? '';
  const response = await fetchRaw(url, { cache: 'no-cache', signal });
  if (!response.ok || !response.body) throw new Unreachable(`${response.status} for the map file`);
  const wanted = Number(response.headers.get('Content-Length')) || 0;
  let done = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        done += chunk.byteLength;
        state.set({ id: area.id, done, wanted });
        controller.enqueue(chunk);
      },
    }),
  );
  // All of it or nothing: half a file is no map.
  await (await areaCache(area.id)).put(url, new Response(counted));
  await noteArea({ ...area, wanted: done, done, bytes: done, is_whole: true, at: new Date().toISOString() });
}
