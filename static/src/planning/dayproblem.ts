/** A day of accounts as a problem to plan: their worth, hours and minutes, around how one works. Pure. */
import { addDays } from '../accounts/rules';
import type { Account } from '../accounts/wire';
import { dayIn } from '../core/time';
import { estimatedMatrix } from './estimate';
import { USUAL_BREAKS, USUAL_HOURS, type Place, type Ways } from './habits';
import { secondsOf, weekdayOf, windowsOf, type CalendarDay } from './opening';
import type { Break, LonLat, PlanDay, PlanStop, Problem, Span } from './problem';
import { valueOf, type Facts } from './value';

export type Planned = Pick<Account, 'id' | 'name' | 'win_prob' | 'rank' | 'cadence_days' | 'due_on' | 'last_visit_at' | 'created_at' | 'next_action_on' | 'opening_hours' | 'lon' | 'lat'>;

/** Something fixed in time: at an account it is a stop, elsewhere the person is simply taken. */
export interface Fixed {
  account_id: string | null;
  from_s: number;
  to_s: number;
}

export interface Setting extends Ways {
  day: string;
  timezone: string;
  ranks: readonly string[];
  working_days: readonly number[];
  fixed: readonly Fixed[];
  /** Where and when the day (or what is left of it) begins; null: as usual. */
  from: { point: LonLat | null; at_s: number } | null;
  /** Ways measured on roads, by "from to". */
  measured: Readonly<Record<string, readonly (number | null)[]>>;
  /** How long a visit takes where that was learned, by account. */
  learned_s: Readonly<Record<string, number>>;
}

const START = 'start';
const END = 'end';

export const wayKey = (from: string, to: string): string => `${from} ${to}`;

/** What is known of an account for its worth. */
export function factsOf(account: Planned, timezone: string): Facts {
  return {
    win_prob: account.win_prob,
    rank: account.rank,
    cadence_days: account.cadence_days,
    due_on: account.due_on,
    visited_on: account.last_visit_at && dayIn(timezone, account.last_visit_at),
    created_on: account.created_at ? dayIn(timezone, account.created_at) : '2000-01-01',
    promised_on: account.next_action_on,
  };
}

export const visitS = ({ ruling }: Ways, rank: string | null): number => 60 * ((rank === null ? undefined : ruling.minutes_by_rank[rank]) ?? ruling.visit_min);

export const worthOn = (account: Planned, { day, timezone, ranks, ruling }: Setting): ReturnType<typeof valueOf> => valueOf(factsOf(account, timezone), { on: day, ranks, weights: ruling.weights });

/** From when to when one works on the day; on a day off as on any other, for who asks for a plan means to go out. */
export function shiftOf({ habits }: Ways, day: string): Span {
  const [from = '09:00', to = '18:00'] = habits.working_hours?.[weekdayOf(day)] ?? Object.values(habits.working_hours ?? {})[0] ?? USUAL_HOURS;
  return [secondsOf(from), secondsOf(to)];
}

const pointOf = (place: Place | null): LonLat | null => place && [place.lon, place.lat];

/** Where the day begins and ends when nothing else is said: where the night was spent, one's own place, the office. */
export function endsOf({ habits, ruling }: Ways, day: string): { start: Place | null; end: Place | null } {
  const night = (of: string) => habits.nights.find((each) => each.day === of) ?? null;
  const start = habits.start_place ?? ruling.office;
  return { start: night(addDays(day, -1)) ?? start, end: night(day) ?? habits.end_place ?? start };
}

export interface Wish {
  accounts: readonly Planned[];
  must_ids: ReadonlySet<string>;
  seed?: number;
}

/** Return the problem: point 0 is the start, 1 the end, then the accounts in their order. */
export function problemOf({ accounts, must_ids, seed = 1 }: Wish, setting: Setting): Problem {
  const ends = endsOf(setting, setting.day);
  const start = setting.from ? setting.from.point : pointOf(ends.start);
  const end = pointOf(ends.end);
  const places = accounts.map(({ lon, lat }): LonLat | null => (lon === null || lat === null ? null : [lon, lat]));
  const points = [start ?? [0, 0], end ?? [0, 0], ...places.map((place): LonLat => place ?? [0, 0])] as const;
  const { durations, distances } = matrixOf(points, [START, END, ...accounts.map(({ id }) => id)], setting);
  return {
    points,
    durations,
    distances,
    stops: accounts.map((account, index) => stopOf(account, { point: places[index] ? index + 2 : null, is_must: must_ids.has(account.id), setting })),
    days: [dayOf(setting, { start: start && 0, end: end && 1 })],
    seed,
    drive_s_per_value: setting.ruling.drive_min_per_value * 60,
  };
}

function stopOf(account: Planned, { point, is_must, setting }: { point: number | null; is_must: boolean; setting: Setting }): PlanStop {
  const fixed = setting.fixed.find(({ account_id }) => account_id === account.id);
  const service_s = fixed ? fixed.to_s - fixed.from_s : (setting.learned_s[account.id] ?? visitS(setting, account.rank));
  const assumed = { spans: [setting.ruling.opening], working_days: setting.working_days };
  const windows = fixed ? [[fixed.from_s, fixed.from_s] as const] : windowsOf(account.opening_hours, [calendarDay(setting)], { assumed, service_s });
  return { id: account.id, point, service_s, windows, value: fixed ? 100 : worthOn(account, setting).value, is_must: is_must || fixed !== undefined };
}

const calendarDay = ({ day, ruling }: Setting): CalendarDay => ({ number: 0, date: day, is_holiday: day in ruling.holidays });

function dayOf(setting: Setting, { start, end }: { start: number | null; end: number | null }): PlanDay {
  const usual = shiftOf(setting, setting.day);
  const from = setting.from?.at_s ?? usual[0];
  const { habits } = setting;
  const breaks = (habits.breaks ?? USUAL_BREAKS).map((pause): Break => [secondsOf(pause.begin_from), secondsOf(pause.begin_until), pause.minutes * 60]);
  const taken = setting.fixed.filter(({ account_id }) => account_id === null).map(({ from_s, to_s }): Break => [from_s, from_s, to_s - from_s]);
  const until = Math.max(from, usual[1]);
  return {
    id: setting.day,
    start,
    end,
    shift: [from, until],
    breaks: [...breaks.filter((pause) => isStillToCome(pause, setting)), ...taken.filter(([at]) => at >= from && at < until)],
    max_driving_s: habits.max_driving_min === null ? null : habits.max_driving_min * 60,
    rep: null,
  };
}

/** A break whose time has passed was taken, or will not be; one that appointments leave no room for neither. */
function isStillToCome([from, to, duration_s]: Break, { from: begin, fixed }: Setting): boolean {
  let at = Math.max(from, begin?.at_s ?? 0);
  for (const { from_s, to_s } of [...fixed].sort((a, b) => a.from_s - b.from_s)) if (at + duration_s > from_s && at < to_s) at = to_s;
  return at <= to;
}

function matrixOf(points: readonly LonLat[], ids: readonly string[], { habits, measured }: Setting): { durations: number[][]; distances: number[][] } {
  const { durations, distances } = estimatedMatrix(points, { mode: habits.mode });
  if (Object.keys(measured).length === 0) return { durations, distances };
  for (const [from, row] of durations.entries()) {
    for (const to of row.keys()) {
      const [way_s, way_m] = measured[wayKey(ids[from] ?? '', ids[to] ?? '')] ?? [];
      if (way_s === undefined || way_s === null) continue;
      row[to] = way_s;
      const metres = distances[from];
      if (metres && way_m !== undefined && way_m !== null) metres[to] = way_m;
    }
  }
  return { durations, distances };
}

/** Whether every way of a route was measured. */
export function isMeasured(ids: readonly string[], { measured, from }: Setting): boolean {
  const stations = [...(from ? [] : [START]), ...ids, END];
  return ids.length > 0 && stations.slice(1).every((id, index) => wayKey(stations[index] ?? '', id) in measured);
}
