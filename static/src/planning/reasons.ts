/** Why a stop was left out: each reason holds when the stop is put back into the finished plan at its best place. */
import { bestPlace, bestTrade, isMust, valueOf, without, type Draft } from './draft';
import type { Ground } from './ground';
import { laneOf } from './lane';
import { DAY_S, type Reason, type Span } from './problem';
import { timetable } from './timetable';

export function reasonFor(ground: Ground, draft: Draft, stop: number): Reason {
  const alone = whyNotAlone(ground, stop);
  if (alone) return alone;
  const value = valueOf(ground, stop);
  const place = bestPlace(ground, draft.lanes, stop);
  if (place) return { code: 'detour', detour_s: place.extra_s, value };
  const bare = without(ground, draft, optionalOf(ground, draft));
  if (isMust(ground, stop)) {
    const clash = bestTrade(ground, bare.lanes, stop, { musts: true });
    return { code: 'must_clash', with: idsOf(ground, clash?.removed ?? []) };
  }
  const trade = bestTrade(ground, draft.lanes, stop);
  if (trade && trade.value_lost < value) return { code: 'detour', detour_s: trade.extra_s, value };
  if (trade) return { code: 'lower_value', value, instead_of: idsOf(ground, trade.removed) };
  // Where it fits once every optional visit of a day has left, those are what it would cost.
  const roomy = bestPlace(ground, bare.lanes, stop);
  if (!roomy) return { code: 'no_time', over_s: overS(ground, bare, stop) };
  return { code: 'lower_value', value, instead_of: idsOf(ground, (draft.lanes.find(({ day }) => day === roomy.day)?.order ?? []).filter((one) => !isMust(ground, one))) };
}

const idsOf = (ground: Ground, stops: readonly number[]): string[] => stops.flatMap((index) => ground.stops[index]?.id ?? []);

const optionalOf = (ground: Ground, { lanes }: Draft): Set<number> => new Set(lanes.flatMap(({ order }) => order).filter((index) => !isMust(ground, index)));

/** What speaks against a stop even if it were the only one of its day. */
function whyNotAlone(ground: Ground, index: number): Reason | null {
  const stop = ground.stops[index];
  if (!stop || stop.point === null) return { code: 'no_position' };
  const days = ground.days.flatMap((day, number) => (ground.isOpenTo(index, number) ? [{ day, number }] : []));
  const open = days.flatMap(({ day, number }) => {
    const midnight = Math.floor(day.shift[0] / DAY_S) * DAY_S;
    const windows = stop.windows.filter(([from, to]) => to >= midnight && from < midnight + DAY_S);
    return windows.length ? [{ day, number, windows }] : [];
  });
  const [first] = open;
  if (!first) return { code: 'closed' };
  if (open.some(({ number }) => laneOf(ground, number, [index]))) return null;
  const reachable = open.find(({ number, day }) => laneOf(always(ground, index, day.shift), number, [index]));
  if (reachable) return { code: 'too_early_late', opens: reachable.windows[0]?.[0] ?? 0, closes: reachable.windows.at(-1)?.[1] ?? 0 };
  const drive_s = Math.min(...open.map(({ day }) => ground.wayS(day.start, stop.point) + ground.wayS(stop.point, day.end)));
  const limit_s = Math.max(...open.map(({ day }) => Math.min(day.max_driving_s ?? Infinity, day.shift[1] - day.shift[0])));
  return { code: 'too_far', drive_s, limit_s };
}

/** The same ground, but with that stop always open. */
function always(ground: Ground, index: number, shift: Span): Ground {
  return { ...ground, stops: ground.stops.map((stop, at) => (at === index ? { ...stop, windows: [shift] } : stop)) };
}

/** How much more time the musts' days would need for it, at best. */
function overS(ground: Ground, bare: Draft, stop: number): number {
  let least_s = Infinity;
  for (const lane of bare.lanes) {
    if (!ground.isOpenTo(stop, lane.day)) continue;
    for (let at = 0; at <= lane.order.length; at++) {
      const timed = timetable(ground, lane.day, [...lane.order.slice(0, at), stop, ...lane.order.slice(at)]);
      const late_s = Math.max(timed.over_s, ...timed.stops.map((one) => one.late_s));
      const driving_s = timed.drive_s - (ground.days[lane.day]?.max_driving_s ?? Infinity);
      least_s = Math.min(least_s, Math.max(late_s, driving_s) || timed.late_s);
    }
  }
  return least_s;
}
