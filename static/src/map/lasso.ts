/** Which places lie inside a line drawn by hand. Pure. */
import { boundsOf, type Bounds, type Position } from './projection';

/** A closed line on the ground; the last corner is joined to the first. */
export type Ring = readonly Position[];

interface Placed {
  lon: number | null;
  lat: number | null;
}

export interface Pixel {
  x: number;
  y: number;
}

/** Corners of a drawn line nearer to each other than this say nothing. */
const STEP_PX = 4;
/** A line that spans less than this was a tap. */
const LEAST_PX = 24;

/** Add a point to the finger's track unless it stands too near to the last one. Returns whether it was added. */
export function extend(track: Pixel[], point: Pixel): boolean {
  const last = track.at(-1);
  if (last && Math.hypot(point.x - last.x, point.y - last.y) < STEP_PX) return false;
  track.push(point);
  return true;
}

/** Whether a track goes round anything: three corners at least, and wider than a tremble. */
export function isLoop(track: readonly Pixel[]): boolean {
  if (track.length < 3) return false;
  const span = (values: number[]) => Math.max(...values) - Math.min(...values);
  return span(track.map(({ x }) => x)) >= LEAST_PX && span(track.map(({ y }) => y)) >= LEAST_PX;
}

/** The track as the path of an SVG, closed. */
export function pathOf(track: readonly Pixel[]): string {
  return track.length < 2 ? '' : `M${track.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`;
}

/** The corners of a box as a ring. */
export const ringOf = ({ west, south, east, north }: Bounds): Ring => [
  { lon: west, lat: south },
  { lon: east, lat: south },
  { lon: east, lat: north },
  { lon: west, lat: north },
];

/** Return those of `items` that lie inside the ring. Where it crosses itself, what it goes round an even number of times is outside. */
export function within<T extends Placed>(items: readonly T[], ring: Ring): T[] {
  const box = boundsOf(ring);
  if (!box || ring.length < 3) return [];
  const edges = edgesOf(ring);
  return items.filter(({ lon, lat }) => {
    // Most accounts are ruled out by the box alone.
    if (lon === null || lat === null || lon < box.west || lon > box.east || lat < box.south || lat > box.north) return false;
    return isInside(edges, { lon, lat });
  });
}

/** The ring's edges that are not level, as [south, north, lon at south, degrees of lon per degree of lat]: four numbers each. */
function edgesOf(ring: Ring): Float64Array {
  const edges: number[] = [];
  ring.forEach((from, index) => {
    const to = ring[(index + 1) % ring.length];
    if (!to || from.lat === to.lat) return;
    const [low, high] = from.lat < to.lat ? [from, to] : [to, from];
    edges.push(low.lat, high.lat, low.lon, (high.lon - low.lon) / (high.lat - low.lat));
  });
  return Float64Array.from(edges);
}

/** Even-odd: a ray to the east crosses the line an odd number of times. An edge holds its southern end, not its northern one. */
function isInside(edges: Float64Array, { lon, lat }: Position): boolean {
  let isOdd = false;
  for (let at = 0; at < edges.length; at += 4) {
    const [south = 0, north = 0, start = 0, slope = 0] = [edges[at], edges[at + 1], edges[at + 2], edges[at + 3]];
    if (lat >= south && lat < north && lon < start + (lat - south) * slope) isOdd = !isOdd;
  }
  return isOdd;
}
