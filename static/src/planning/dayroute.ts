/** A day's route as it stands now: what is done, what is left with its times, counted from where one was last. Pure. */
import type { Stop } from '../store/schema';
import { dayIn } from '../core/time';
import { startOfDay } from '../core/day';
import type { DayPlan } from './dayplan';
import { isMeasured, problemOf, type Planned, type Setting } from './dayproblem';
import { groundOf, type Ground } from './ground';
import type { Problem } from './problem';
import { timetable, type TimedDay } from './timetable';

export interface Done {
  account_id: string;
  at_s: number;
}

export interface DayRoute {
  done: Done[];
  /** The accounts that are left, in order. */
  left: string[];
  timed: TimedDay;
  problem: Problem;
  ground: Ground;
  setting: Setting;
  /** Where the times are counted from. */
  begins: 'usual' | 'here' | 'last';
  is_estimated: boolean;
}

export interface Given {
  stops: readonly Pick<Stop, 'account_id'>[];
  accounts: ReadonlyMap<string, Planned>;
  plan: DayPlan | null;
  setting: Setting;
  /** Seconds since the day's midnight; null for a day that is not today. */
  now_s: number | null;
}

/** Seconds since a day's midnight. */
export const secondsInto = (timezone: string, day: string, at: string | number): number => Math.floor((new Date(at).getTime() - startOfDay(timezone, day)) / 1_000);

export function routeOf({ stops, accounts, plan, setting, now_s }: Given): DayRoute {
  const { day, timezone } = setting;
  const isDone = (account: Planned | undefined) => account !== undefined && account.last_visit_at !== null && dayIn(timezone, account.last_visit_at) === day;
  const done = stops
    .flatMap(({ account_id }) => {
      const account = accounts.get(account_id);
      return isDone(account) && account?.last_visit_at ? [{ account_id, at_s: secondsInto(timezone, day, account.last_visit_at) }] : [];
    })
    .sort((a, b) => a.at_s - b.at_s);
  const left = stops.flatMap(({ account_id }) => accounts.get(account_id) ?? []).filter((account) => !isDone(account));
  const anchor = anchorOf({ done, accounts, plan });
  return counted(left, { ...setting, from: anchor?.from ?? null }, { done, begins: anchor?.begins ?? 'usual', now_s });
}

/** Where one was last, as far as it was told: the last visit, or where the rest was planned anew. */
function anchorOf({ done, accounts, plan }: { done: Done[]; accounts: Given['accounts']; plan: DayPlan | null }): { from: NonNullable<Setting['from']>; begins: DayRoute['begins'] } | null {
  const last = done.at(-1);
  const here = plan?.from_here ?? null;
  if (here && (!last || here.at_s >= last.at_s)) return { from: { point: [here.lon, here.lat], at_s: here.at_s }, begins: 'here' };
  if (!last) return null;
  const { lon = null, lat = null } = accounts.get(last.account_id) ?? {};
  return { from: { point: lon === null || lat === null ? null : [lon, lat], at_s: last.at_s }, begins: 'last' };
}

function counted(left: Planned[], setting: Setting, { done, begins, now_s }: { done: Done[]; begins: DayRoute['begins']; now_s: number | null }): DayRoute {
  const order = left.map((_, index) => index);
  const wish = { accounts: left, must_ids: new Set<string>() };
  let problem = problemOf(wish, setting);
  let ground = groundOf(problem);
  const [first] = ground.stops;
  const [day] = ground.days;
  // Whoever is still under way is not there before now; whoever has waited need not drive again.
  const arrival = first && day ? day.shift[0] + ground.wayS(day.start, first.point) : 0;
  let used = setting;
  if (first && day && now_s !== null && now_s > arrival) {
    used = { ...setting, from: { point: day.start === null ? null : (problem.points[day.start] ?? null), at_s: now_s - ground.wayS(day.start, first.point) } };
    problem = problemOf(wish, used);
    ground = groundOf(problem);
  }
  return { done, left: left.map(({ id }) => id), timed: timetable(ground, 0, order), problem, ground, setting: used, begins, is_estimated: !isMeasured(left.map(({ id }) => id), setting) };
}

/** What a change of the order does to the day. */
export interface Cost {
  drive_s: number;
  end: number;
  end_s: number;
  /** Beyond the shift, more than before. */
  over_s: number;
  /** Who is reached too late that was in time before. */
  late: { id: string; late_s: number }[];
}

export function costOf(before: TimedDay, after: TimedDay): Cost {
  const was = new Map(before.stops.map((stop) => [stop.id, stop.late_s]));
  return {
    drive_s: after.drive_s - before.drive_s,
    end: after.end,
    end_s: after.end - before.end,
    over_s: Math.max(0, after.over_s - before.over_s),
    late: after.stops.flatMap(({ id, late_s }) => (late_s > (was.get(id) ?? 0) ? [{ id, late_s }] : [])),
  };
}

/** The times of the route with its stops in another order. */
export const reordered = ({ ground }: DayRoute, order: readonly number[]): TimedDay => timetable(ground, 0, order);

export interface Insertion {
  /** Before which of those left; as many as there are: last. */
  at: number;
  cost: Cost;
  timed: TimedDay;
}

/** The route with one more account: a problem of its own. */
export function withAccount(route: DayRoute, account: Planned, accounts: ReadonlyMap<string, Planned>): { ground: Ground; insertions: Insertion[] } {
  const left = route.left.flatMap((id) => accounts.get(id) ?? []);
  const ground = groundOf(problemOf({ accounts: [...left, account], must_ids: new Set() }, route.setting));
  const added = left.length;
  const order = left.map((_, index) => index);
  const insertions = Array.from({ length: added + 1 }, (_, at): Insertion => {
    const timed = timetable(ground, 0, [...order.slice(0, at), added, ...order.slice(at)]);
    return { at, timed, cost: costOf(route.timed, timed) };
  });
  return { ground, insertions };
}

/** Where it costs the least: in time if that can be, then by driving. */
export function bestInsertion(insertions: readonly Insertion[]): Insertion | null {
  return insertions.reduce<Insertion | null>((best, next) => (!best || next.timed.late_s < best.timed.late_s || (next.timed.late_s === best.timed.late_s && next.cost.drive_s < best.cost.drive_s) ? next : best), null);
}

/** What the map shows of what is left: straight from place to place. */
export function onMap({ done, timed, ground, problem, is_estimated }: DayRoute): { line: Place[]; stops: (Place & { number: number })[]; is_estimated: boolean } {
  const placeOf = (point: number | null | undefined): Place[] => {
    const [lon, lat] = (point === null || point === undefined ? undefined : problem.points[point]) ?? [];
    return lon === undefined || lat === undefined ? [] : [{ lon, lat }];
  };
  const [day] = ground.days;
  const stops = timed.stops.flatMap((_, index) => placeOf(ground.stops[index]?.point).map((place) => ({ ...place, number: done.length + index + 1 })));
  return { line: [...placeOf(day?.start), ...stops.map(({ lon, lat }) => ({ lon, lat })), ...placeOf(day?.end)], stops, is_estimated };
}

interface Place {
  lon: number;
  lat: number;
}
