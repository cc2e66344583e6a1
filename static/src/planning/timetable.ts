/** The times of a day in a given order, kept or not: what is late is said by how much, so that a person's own order can be shown as well. */
import type { Ground, GroundDay } from './ground';
import { startIn } from './lane';
import { DAY_S, type Break, type PlannedDay, type PlannedStop, type PlanStop, type Span } from './problem';

export interface TimedStop extends PlannedStop {
  /** After its last window; 0 when it is in time, a whole day when it is closed. */
  late_s: number;
}

export interface TimedDay extends PlannedDay {
  stops: TimedStop[];
  /** Behind which stop each break is (0: before the first). */
  breakAfter: number[];
  /** All that is too late: at stops, at breaks, at the end of the shift. */
  late_s: number;
  /** Beyond the shift. */
  over_s: number;
}

/** For each break the leg it lies on; null where the day is over before it is due. */
type Placing = (number | null)[];

/** Return the times of the day. The order is kept; breaks are put where they cost the least. */
export function timetable(ground: Ground, dayIndex: number, order: readonly number[]): TimedDay {
  const day = ground.days[dayIndex];
  if (!day) throw new Error(`There is no day ${dayIndex}.`);
  const stops = order.flatMap((index) => ground.stops[index] ?? []);
  if (stops.length === 0) return emptyDay(day);
  let best: TimedDay | null = null;
  for (const placing of placings(day.breaks.length, stops.length)) {
    const timed = walk(ground, { day, stops, placing });
    if (!best || timed.late_s < best.late_s || (timed.late_s === best.late_s && timed.end < best.end)) best = timed;
  }
  return best ?? emptyDay(day);
}

const emptyDay = (day: GroundDay): TimedDay => ({ id: day.id, stops: [], breaks: [], breakAfter: [], drive_s: 0, drive_m: 0, start: day.shift[0], end: day.shift[0], late_s: 0, over_s: 0 });

/** Every way to put the breaks, in their order, onto the legs of a day. Those left out are the last. */
function* placings(breaks: number, size: number, first = 0): Generator<Placing> {
  if (breaks === 0) {
    yield [];
    return;
  }
  for (let leg = first; leg <= size; leg++) for (const rest of placings(breaks - 1, size, leg)) yield [leg, ...rest];
  yield Array.from({ length: breaks }, () => null);
}

interface Walk {
  day: GroundDay;
  stops: readonly PlanStop[];
  placing: Placing;
}

function walk(ground: Ground, { day, stops, placing }: Walk): TimedDay {
  const points = pathOf(day, stops);
  const timed: TimedStop[] = [];
  const breaks: Span[] = [];
  let time = day.shift[0];
  let late_s = 0;
  let drive_s = 0;
  let drive_m: number | null = 0;
  for (let leg = 0; leg <= stops.length; leg++) {
    const way_s = ground.wayS(points[leg] ?? null, points[leg + 1] ?? null);
    const way_m = ground.wayM(points[leg] ?? null, points[leg + 1] ?? null);
    drive_s += way_s;
    drive_m = drive_m === null || way_m === null ? null : drive_m + way_m;
    const taken = take(time, way_s, day.breaks.filter((_, index) => placing[index] === leg));
    late_s += taken.late_s;
    breaks.push(...taken.breaks);
    time = taken.end;
    const stop = stops[leg];
    if (!stop) break;
    const at = serve(stop, time);
    late_s += at.late_s;
    timed.push({ id: stop.id, arrival: time, start: at.start, departure: at.start + stop.service_s, drive_s: way_s, drive_m: way_m, slack_s: 0, late_s: at.late_s });
    time = at.start + stop.service_s;
  }
  const over_s = Math.max(0, time - day.shift[1]);
  const skipped_s = day.breaks.reduce((sum, [, to], index) => sum + (placing[index] === null ? Math.max(0, time - to) : 0), 0);
  const result = { id: day.id, stops: timed, breaks, breakAfter: placing.filter((leg) => leg !== null), drive_s, drive_m, start: day.shift[0], end: time, late_s: late_s + over_s + skipped_s, over_s };
  slacken(day, stops, { result, placing });
  leaveLater(day, { result, placing });
  return result;
}

/** The points of the day from its start to its end; a stop nobody knows the place of is passed on the way. */
function pathOf(day: GroundDay, stops: readonly PlanStop[]): (number | null)[] {
  let here = day.start;
  const points = [here];
  for (const stop of stops) {
    here = stop.point ?? here;
    points.push(here);
  }
  return [...points, day.end];
}

/** Drive and rest: as lane.ts does it, but a break that comes too late is taken all the same. */
function take(at: number, way_s: number, pauses: readonly Break[]): { end: number; late_s: number; breaks: Span[] } {
  let time = at;
  let left = way_s;
  let late_s = 0;
  const breaks: Span[] = [];
  for (const [from, to, duration_s] of pauses) {
    if (time < from) {
      left = Math.max(0, left - (from - time));
      time = from;
    }
    late_s += Math.max(0, time - to);
    breaks.push([time, time + duration_s]);
    time += duration_s;
  }
  return { end: time + left, late_s, breaks };
}

function serve(stop: PlanStop, at: number): { start: number; late_s: number } {
  const start = startIn(stop.windows, at);
  if (start < Infinity) return { start, late_s: 0 };
  const last = stop.windows.at(-1);
  // Closed altogether: later than any lateness of a day.
  return { start: at, late_s: last ? at - last[1] : DAY_S };
}

/** Fill in by how much each start may slip: walked from the end, the breaks where they are. */
function slacken(day: GroundDay, stops: readonly PlanStop[], { result, placing }: { result: TimedDay; placing: Placing }): void {
  const wayTo = [...result.stops.map((stop) => stop.drive_s), result.drive_s - result.stops.reduce((sum, stop) => sum + stop.drive_s, 0)];
  let by = placing.reduce<number>((least, leg, index) => (leg === null ? Math.min(least, day.breaks[index]?.[1] ?? least) : least), day.shift[1]);
  for (let leg = stops.length; leg >= 1; leg--) {
    const [stop, timed] = [stops[leg - 1], result.stops[leg - 1]];
    if (!stop || !timed) continue;
    const latestLeft = latestSetOut(by, wayTo[leg] ?? 0, day.breaks.filter((_, index) => placing[index] === leg));
    const latest = stop.windows.reduce((most, [from, to]) => (from <= latestLeft - stop.service_s ? Math.max(most, Math.min(to, latestLeft - stop.service_s)) : most), -Infinity);
    timed.slack_s = Math.max(0, latest - timed.start);
    // What is late already has nothing to give: those before it are measured by themselves.
    by = latest < timed.start ? timed.arrival : latest;
  }
}

function latestSetOut(by: number, way_s: number, pauses: readonly Break[]): number {
  let latest = Infinity;
  let pauses_s = 0;
  for (const [, to, duration_s] of pauses) {
    latest = Math.min(latest, to - pauses_s);
    pauses_s += duration_s;
  }
  return Math.min(latest, by - way_s - pauses_s);
}

/** Nobody waits at the first door: the day begins as late as the first visit allows, or a break before it. */
function leaveLater(day: GroundDay, { result, placing }: { result: TimedDay; placing: Placing }): void {
  const first = result.stops[0];
  if (!first) return;
  const pauses = day.breaks.filter((_, index) => placing[index] === 0);
  result.start = Math.max(day.shift[0], latestSetOut(first.start, first.drive_s, pauses));
  const taken = take(result.start, first.drive_s, pauses);
  first.arrival = taken.end;
  result.breaks.splice(0, pauses.length, ...taken.breaks);
}
