/**
 * One day's order of stops with what makes trying quick: the earliest each stop can be left and the latest it can be reached,
 * by how many breaks are behind. Whether one more stop fits somewhere is then known without walking the day again.
 */
import type { Ground, GroundDay } from './ground';
import type { Break, PlanStop, Span } from './problem';

export interface Lane {
  day: number;
  /** Indices of stops. */
  order: readonly number[];
  drive_s: number;
  /** When the last of it is over at the earliest. */
  end: number;
  /** Earliest departure by element (0: the start, then the stops) and breaks taken. */
  earliest: Float64Array;
  /** Latest arrival by element (1: the first stop ... the last: the end) and breaks taken. */
  latest: Float64Array;
}

/** When a service can start that is reached at `at`; Infinity when it is closed for good. */
export function startIn(windows: readonly Span[], at: number): number {
  for (const [from, to] of windows) if (at <= to) return Math.max(at, from);
  return Infinity;
}

function latestStartIn(windows: readonly Span[], by: number): number {
  let latest = -Infinity;
  for (const [from, to] of windows) if (from <= by) latest = Math.max(latest, Math.min(to, by));
  return latest;
}

/** When a way is done that is set out on at `at`, with breaks on it: waiting for one to begin is spent driving. */
export function legEnd(at: number, drive_s: number, breaks: readonly Break[], first: number, last: number): number {
  let time = at;
  let left = drive_s;
  for (let index = first; index < last; index++) {
    const [from, to, duration_s] = breaks[index] ?? [0, 0, 0];
    if (time < from) {
      left = Math.max(0, left - (from - time));
      time = from;
    }
    if (time > to) return Infinity;
    time += duration_s;
  }
  return time + left;
}

/** When a way must be set out on to be done by `by`, with breaks on it. */
function latestLegStart(by: number, drive_s: number, breaks: readonly Break[], first: number, last: number): number {
  let pauses_s = 0;
  let chain = -Infinity;
  let latest = Infinity;
  for (let index = first; index < last; index++) {
    const [from, to, duration_s] = breaks[index] ?? [0, 0, 0];
    chain = Math.max(chain, from);
    if (chain > to) return -Infinity;
    chain += duration_s;
    latest = Math.min(latest, to - pauses_s);
    pauses_s += duration_s;
  }
  return chain > by ? -Infinity : Math.min(latest, by - drive_s - pauses_s);
}

/** By when a day must be over that has taken so many of its breaks: one may be left out when its time has not passed. */
function lastEnd({ shift, breaks }: GroundDay, taken: number): number {
  let latest = shift[1];
  for (let index = taken; index < breaks.length; index++) latest = Math.min(latest, breaks[index]?.[1] ?? latest);
  return latest;
}

const pointOf = (ground: Ground, day: GroundDay, order: readonly number[], element: number): number | null =>
  element === 0 ? day.start : element > order.length ? day.end : (ground.stops[order[element - 1] ?? -1]?.point ?? null);

/** Return the day in this order; null when it cannot be kept. */
export function laneOf(ground: Ground, dayIndex: number, order: readonly number[]): Lane | null {
  const day = ground.days[dayIndex];
  if (!day) return null;
  const { breaks, shift } = day;
  const width = breaks.length + 1;
  const size = order.length;
  const ways = Array.from({ length: size + 1 }, (_, index) => ground.wayS(pointOf(ground, day, order, index), pointOf(ground, day, order, index + 1)));
  const drive_s = size === 0 ? 0 : ways.reduce((sum, way) => sum + way, 0);
  if (day.max_driving_s !== null && drive_s > day.max_driving_s) return null;
  const earliest = new Float64Array((size + 1) * width).fill(Infinity);
  earliest[0] = shift[0];
  for (let element = 1; element <= size; element++) {
    const stop = ground.stops[order[element - 1] ?? -1];
    if (!stop) return null;
    if (!reach(earliest, { stop, element, width, way_s: ways[element - 1] ?? 0, breaks, shift })) return null;
  }
  const latest = new Float64Array((size + 2) * width).fill(-Infinity);
  for (let taken = 0; taken < width; taken++) latest[(size + 1) * width + taken] = lastEnd(day, taken);
  for (let element = size; element >= 1; element--) leave(latest, { stop: ground.stops[order[element - 1] ?? -1], element, width, way_s: ways[element] ?? 0, breaks });
  const end = size === 0 ? shift[0] : endOf(earliest, latest, { size, width, way_s: ways[size] ?? 0, breaks });
  return end === Infinity ? null : { day: dayIndex, order, drive_s, end, earliest, latest };
}

interface Step {
  element: number;
  width: number;
  way_s: number;
  breaks: readonly Break[];
}

/** Fill in the earliest departures from one stop; false when none is left. */
function reach(earliest: Float64Array, { stop, element, width, way_s, breaks, shift }: Step & { stop: PlanStop; shift: Span }): boolean {
  let isReached = false;
  for (let before = 0; before < width; before++) {
    const from = earliest[(element - 1) * width + before] ?? Infinity;
    if (from === Infinity) continue;
    for (let taken = before; taken < width; taken++) {
      const left = startIn(stop.windows, legEnd(from, way_s, breaks, before, taken)) + stop.service_s;
      if (left > shift[1] || left >= (earliest[element * width + taken] ?? 0)) continue;
      earliest[element * width + taken] = left;
      isReached = true;
    }
  }
  return isReached;
}

/** Fill in the latest arrivals at one stop. */
function leave(latest: Float64Array, { stop, element, width, way_s, breaks }: Step & { stop: PlanStop | undefined }): void {
  if (!stop) return;
  for (let taken = 0; taken < width; taken++) {
    let by = -Infinity;
    for (let after = taken; after < width; after++) by = Math.max(by, latestLegStart(latest[(element + 1) * width + after] ?? -Infinity, way_s, breaks, taken, after));
    latest[element * width + taken] = latestStartIn(stop.windows, by - stop.service_s);
  }
}

function endOf(earliest: Float64Array, latest: Float64Array, { size, width, way_s, breaks }: { size: number; width: number; way_s: number; breaks: readonly Break[] }): number {
  let end = Infinity;
  for (let before = 0; before < width; before++) {
    const from = earliest[size * width + before] ?? Infinity;
    for (let taken = before; taken < width && from < Infinity; taken++) {
      const at = legEnd(from, way_s, breaks, before, taken);
      if (at <= (latest[(size + 1) * width + taken] ?? -Infinity)) end = Math.min(end, at);
    }
  }
  return end;
}

/** The seconds at the wheel that a stop costs before the element `at` (1: first); Infinity when it does not fit there. */
export function insertionS(ground: Ground, lane: Lane, at: number, stopIndex: number): number {
  const day = ground.days[lane.day];
  const stop = ground.stops[stopIndex];
  if (!day || !stop || !ground.isOpenTo(stopIndex, lane.day)) return Infinity;
  const before = pointOf(ground, day, lane.order, at - 1);
  const after = pointOf(ground, day, lane.order, at);
  const there_s = ground.wayS(before, stop.point);
  const on_s = ground.wayS(stop.point, after);
  const extra_s = there_s + on_s - (lane.order.length === 0 ? 0 : ground.wayS(before, after));
  if (day.max_driving_s !== null && lane.drive_s + extra_s > day.max_driving_s) return Infinity;
  const { breaks } = day;
  const width = breaks.length + 1;
  for (let first = 0; first < width; first++) {
    const from = lane.earliest[(at - 1) * width + first] ?? Infinity;
    if (from === Infinity) continue;
    for (let second = first; second < width; second++) {
      const left = startIn(stop.windows, legEnd(from, there_s, breaks, first, second)) + stop.service_s;
      if (left === Infinity) continue;
      for (let third = second; third < width; third++) if (legEnd(left, on_s, breaks, second, third) <= (lane.latest[at * width + third] ?? -Infinity)) return extra_s;
    }
  }
  return Infinity;
}

/** The order with a stop put in before the element `at`. */
export const withStop = (order: readonly number[], at: number, stop: number): number[] => [...order.slice(0, at - 1), stop, ...order.slice(at - 1)];
