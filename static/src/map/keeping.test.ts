import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cachesWithRoomFor } from '../testing/caches';
import { cancelKeeping, goOn, keepArea, keeping, NotBuilt, planSets, sizeUp } from './keeping';
import { forgetArea, forgetAreasOfAccounts, keptAreas } from './keptareas';
import { mayKeep, PACE, urlsOf } from './tilesources';

const BOXES = [{ west: 139.66, south: 35.63, east: 139.67, north: 35.64 }];
const URL_OF_TILES = 'https://crm.example.jp/api/tiles/basemap/{z}/{x}/{y}.mvt';
const { sets, tiles } = planSets(BOXES, { embedded: URL_OF_TILES });
let asked: string[] = [];

/** The server: every tile has ten bytes. */
function serve(answer: (n: number) => Response = () => new Response('0123456789')): void {
  asked = [];
  vi.stubGlobal('fetch', async (url: string, { signal }: RequestInit) => {
    signal?.throwIfAborted();
    asked.push(url);
    return answer(asked.length);
  });
}

beforeEach(() => {
  vi.stubGlobal('caches', cachesWithRoomFor(10_000));
  serve();
});
afterEach(async () => {
  for (const { id } of keptAreas.get()) await forgetArea(id);
  vi.unstubAllGlobals();
});

describe('keeping an area', () => {
  test('fetches each tile once and notes what is here', async () => {
    expect(await keepArea({ kind: 'view', boxes: BOXES, sets })).toBe('done');
    expect(asked.length).toBe(tiles);
    expect(new Set(asked).size).toBe(tiles);
    expect(keptAreas.get()).toMatchObject([{ kind: 'view', is_whole: true, wanted: tiles, done: tiles, bytes: tiles * 10 }]);
    expect(keeping.get()).toBeNull();
  });

  test('goes on where it was stopped', async () => {
    serve((n) => {
      if (n === 12) cancelKeeping();
      return new Response('0123456789');
    });
    expect(await keepArea({ kind: 'view', boxes: BOXES, sets })).toBe('cancelled');
    const [part] = keptAreas.get();
    if (!part) throw new Error('nothing is noted');
    expect(part.is_whole).toBe(false);
    expect(part.done).toBeGreaterThan(0);
    serve();
    expect(await goOn(part)).toBe('done');
    expect(asked.length).toBe(tiles - part.done);
    expect(keptAreas.get()).toMatchObject([{ id: part.id, is_whole: true, done: tiles, bytes: tiles * 10 }]);
  });

  test('leaves what fitted on a full phone', async () => {
    // One entry is the note.
    vi.stubGlobal('caches', cachesWithRoomFor(11));
    expect(await keepArea({ kind: 'view', boxes: BOXES, sets })).toBe('full');
    expect(keptAreas.get()).toMatchObject([{ is_whole: false, done: 10, bytes: 100 }]);
  });

  test('of the accounts ends when their user leaves, of a screen it does not', async () => {
    await keepArea({ kind: 'view', boxes: BOXES, sets });
    await keepArea({ kind: 'accounts', boxes: BOXES, sets });
    await forgetAreasOfAccounts();
    expect(keptAreas.get()).toMatchObject([{ kind: 'view' }]);
    expect(await caches.keys()).toHaveLength(1);
  });

  test('keeps no tile of a basemap that is not built yet', async () => {
    serve(() => new Response('', { headers: { 'Cache-Control': 'no-store' } }));
    expect(await keepArea({ kind: 'view', boxes: BOXES, sets })).toBe('unready');
    await expect(sizeUp(BOXES, sets, new AbortController().signal)).rejects.toThrow(NotBuilt);
    expect(keptAreas.get()).toMatchObject([{ is_whole: false, done: 0 }]);
  });

  test('is sized up by a few of its tiles', async () => {
    expect(await sizeUp(BOXES, sets, new AbortController().signal)).toBe(tiles * 10);
    expect(asked.length).toBeLessThan(tiles);
  });
});

describe('the online map', () => {
  const online = 'https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png';

  test('is kept only where its terms allow it, and never as a mass', () => {
    expect(mayKeep(online, 'https://crm.example.jp')).toBe(true);
    expect(mayKeep('/tiles/{z}/{x}/{y}.png', 'https://crm.example.jp')).toBe(true);
    expect(mayKeep('https://tile.example.org/{z}/{x}/{y}.png', 'https://crm.example.jp')).toBe(false);
    const plan = planSets([{ west: 139, south: 35, east: 140, north: 36 }], { embedded: URL_OF_TILES, online });
    const counts = plan.sets.map((set) => urlsOf(set, [{ west: 139, south: 35, east: 140, north: 36 }]).length);
    expect(counts[0]).toBeLessThanOrEqual(PACE.embedded.most);
    expect(counts[1]).toBeLessThanOrEqual(PACE.online.most + 1);
    expect(counts[0]).toBeGreaterThan(counts[1] ?? 0);
  });

  test('comes with the tile by which it is found to be there', () => {
    const [set] = planSets(BOXES, { online }).sets;
    expect(set && urlsOf(set, BOXES)[0]).toBe('https://cyberjapandata.gsi.go.jp/xyz/pale/5/28/12.png');
  });
});
