/** Which tiles an area on the ground takes, and how many bytes they may be. Pure. */
import { boundsOf, mercatorX, mercatorY, type Bounds, type Position } from './projection';

export interface Tile {
  z: number;
  x: number;
  y: number;
}

export interface Zooms {
  from: number;
  to: number;
}

/** From the whole country, so that one can always look further out: those few tiles weigh next to nothing. */
export const FIRST_ZOOM = 3;
/** The map draws nearer views from the tiles of this zoom. */
export const LAST_ZOOM = 16;
/** Accounts within such a square (of some 2 km) share one box. */
const CLUSTER_ZOOM = 14;
/** What is kept around accounts, about a kilometre: where one parks, and the streets nearby. */
const MARGIN_DEGREES = 0.009;
const COLUMNS = 2 ** 26;

interface Range {
  west: number;
  east: number;
  north: number;
  south: number;
}

function rangeOf(box: Bounds, z: number): Range {
  const last = 2 ** z - 1;
  const at = (share: number) => Math.min(last, Math.max(0, Math.floor(share * 2 ** z)));
  return { west: at(mercatorX(box.west)), east: at(mercatorX(box.east)), north: at(mercatorY(box.north)), south: at(mercatorY(box.south)) };
}

const sizeOf = ({ west, east, north, south }: Range): number => (east - west + 1) * (south - north + 1);

/** The tiles of one zoom that touch any of the boxes, each once. */
export function tilesAt(boxes: readonly Bounds[], z: number): Tile[] {
  const found = new Map<number, Tile>();
  for (const box of boxes) {
    const { west, east, north, south } = rangeOf(box, z);
    for (let y = north; y <= south; y += 1) for (let x = west; x <= east; x += 1) found.set(y * COLUMNS + x, { z, x, y });
  }
  return [...found.values()];
}

/** As tilesAt for all zooms, the furthest first: a load that breaks off leaves a coarse map of the whole. */
export function tilesOf(boxes: readonly Bounds[], { from, to }: Zooms): Tile[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, step) => tilesAt(boxes, from + step)).flat();
}

/** How many tiles there are at one zoom. A single box is only multiplied: a whole country at street level has too many to list. */
function countAt(boxes: readonly Bounds[], z: number): number {
  const [only] = boxes;
  return only && boxes.length === 1 ? sizeOf(rangeOf(only, z)) : tilesAt(boxes, z).length;
}

/** The zooms that fit into `most` tiles, at best down to LAST_ZOOM, with their number; null for no area at all. */
export function fittingZooms(boxes: readonly Bounds[], most: number): { zooms: Zooms; tiles: number } | null {
  if (boxes.length === 0) return null;
  let tiles = 0;
  let to = FIRST_ZOOM - 1;
  for (let z = FIRST_ZOOM; z <= LAST_ZOOM; z += 1) {
    const more = countAt(boxes, z);
    if (tiles + more > most) break;
    tiles += more;
    to = z;
  }
  return to < FIRST_ZOOM ? null : { zooms: { from: FIRST_ZOOM, to }, tiles };
}

/** Boxes around places, one for each cluster of them, with a margin. */
export function boxesAround(places: Iterable<Position>): Bounds[] {
  const clusters = new Map<number, Position[]>();
  for (const place of places) {
    const { west: column, north: row } = rangeOf({ west: place.lon, east: place.lon, north: place.lat, south: place.lat }, CLUSTER_ZOOM);
    const cluster = clusters.get(row * COLUMNS + column);
    if (cluster) cluster.push(place);
    else clusters.set(row * COLUMNS + column, [place]);
  }
  return [...clusters.values()].flatMap((cluster) => {
    const box = boundsOf(cluster);
    return box ? [{ west: box.west - MARGIN_DEGREES, south: box.south - MARGIN_DEGREES, east: box.east + MARGIN_DEGREES, north: box.north + MARGIN_DEGREES }] : [];
  });
}

/** A few tiles of each zoom, spread over the area. */
export function samplesOf(boxes: readonly Bounds[], { from, to }: Zooms, each: number): Tile[] {
  return Array.from({ length: to - from + 1 }, (_, step) => {
    const tiles = tilesAt(boxes, from + step);
    const n = Math.min(each, tiles.length);
    return Array.from({ length: n }, (_, i) => tiles[Math.floor(((i + 0.5) * tiles.length) / n)]).filter((tile) => tile !== undefined);
  }).flat();
}

/** Bytes of the whole area, from the sizes of a few of its tiles. */
export function estimateBytes(boxes: readonly Bounds[], { from, to }: Zooms, sampled: readonly { z: number; bytes: number }[]): number {
  let total = 0;
  let mean = 0;
  for (let z = from; z <= to; z += 1) {
    const here = sampled.filter((sample) => sample.z === z);
    // A zoom without samples weighs as the one before it.
    if (here.length > 0) mean = here.reduce((sum, { bytes }) => sum + bytes, 0) / here.length;
    total += mean * countAt(boxes, z);
  }
  return Math.round(total);
}
