/** The areas whose tiles this phone keeps on request: each in a cache of its own, with a note of what it holds, so that it goes as a whole. */
import { flag, listOf, number, object, oneOf, text, type Parsed } from '../core/parse';
import { writable, type Readable } from '../core/signal';

const PREFIX = 'kept-';
const NOTE = '/kept-area';

const parseBox = object({ west: number, south: number, east: number, north: number });
const parseSet = object({ source: oneOf('embedded', 'online'), url: text, zooms: object({ from: number, to: number }) });
const parseArea = object({
  id: text,
  /** What was on the screen, where the user's accounts are, or the organisation's own map file. */
  kind: oneOf('view', 'accounts', 'file'),
  boxes: listOf(parseBox),
  sets: listOf(parseSet),
  /** Tiles (of a file: bytes) that were asked for, and that are here. */
  wanted: number,
  done: number,
  bytes: number,
  is_whole: flag,
  at: text,
});

export type KeptArea = Parsed<typeof parseArea>;

const areas = writable<KeptArea[]>([]);

/** Newest first; read with readAreas(). */
export const keptAreas: Readable<KeptArea[]> = areas;

export const areaCache = (id: string): Promise<Cache> => caches.open(PREFIX + id);

async function noteOf(name: string): Promise<KeptArea[]> {
  const note = await (await caches.open(name)).match(NOTE);
  try {
    return note ? [parseArea(await note.json(), name)] : [];
  } catch {
    // Of another build: the tiles are used all the same.
    return [];
  }
}

export async function readAreas(): Promise<void> {
  if (typeof caches === 'undefined') return;
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const found = (await Promise.all(names.map(noteOf))).flat();
  areas.set(found.sort((a, b) => b.at.localeCompare(a.at)));
}

export async function noteArea(area: KeptArea): Promise<void> {
  await (await areaCache(area.id)).put(NOTE, new Response(JSON.stringify(area), { headers: { 'Content-Type': 'application/json' } }));
  await readAreas();
}

export async function forgetArea(id: string): Promise<void> {
  await caches.delete(PREFIX + id);
  await readAreas();
}

/** The user leaves this phone: which areas their accounts are in is nobody else's business. What was merely on a screen stays. */
export async function forgetAreasOfAccounts(): Promise<void> {
  await readAreas();
  for (const { id, kind } of areas.get()) if (kind === 'accounts') await forgetArea(id);
}
