/** What is done with a day's route: plan it, plan the rest from here, put in, move, take off. Each says how to undo it. */
import type { AccountRow } from '../accounts/rules';
import type { Account } from '../accounts/wire';
import { dayIn } from '../core/time';
import type { Store } from '../store/store';
import { candidatesAmong } from './candidates';
import { keepDay, readDayPlan, type DayPlan } from './dayplan';
import { endsOf, problemOf, type Fixed, type Planned, type Setting } from './dayproblem';
import { bestInsertion, costOf, reordered, routeOf, secondsInto, withAccount, type Cost, type DayRoute } from './dayroute';
import { readWays } from './habits';
import { planning } from './planner';
import type { Dropped, LonLat, Problem } from './problem';
import { sliced } from './sliced';
import { listStops } from './stops';

/** Who plans, which day, and what holds there. */
export interface Planner {
  store: Store;
  day: string;
  timezone: string;
  user_id: string;
  team_ids: readonly string[];
  ranks: readonly string[];
  working_days: readonly number[];
  fixed: readonly Fixed[];
  now: Date;
}

export type Undo = () => Promise<void>;

/** The accounts with these ids that are on this phone. */
export async function readPlanned(store: Store, ids: readonly string[]): Promise<Map<string, Account>> {
  const tx = store.db.transaction('accounts');
  const found = await Promise.all(ids.map((id) => tx.store.get(id)));
  return new Map(found.flatMap((account) => (account && !account.deleted_at ? [[account.id, account] as const] : [])));
}

export async function settingOf(planner: Planner, plan: DayPlan | null): Promise<Setting> {
  const { day, timezone, ranks, working_days, fixed } = planner;
  return { ...(await readWays(planner.store)), day, timezone, ranks, working_days, fixed, from: null, measured: plan?.ways ?? {}, learned_s: plan?.service_s ?? {} };
}

/** The day's route as it stands. */
export async function readRoute(planner: Planner): Promise<{ route: DayRoute; accounts: Map<string, Planned>; plan: DayPlan | null }> {
  const { store, day, timezone, now } = planner;
  const [stops, plan] = await Promise.all([listStops(store, day), readDayPlan(store, day)]);
  const accounts = await readPlanned(store, stops.map(({ account_id }) => account_id));
  const setting = await settingOf(planner, plan);
  const now_s = dayIn(timezone, now) === day ? secondsInto(timezone, day, now.getTime()) : null;
  return { route: routeOf({ stops, accounts, plan, setting, now_s }), accounts, plan };
}

async function keeping(store: Store, day: string): Promise<Undo> {
  const [stops, plan] = await Promise.all([listStops(store, day), readDayPlan(store, day)]);
  return () => keepDay(store, day, { stops: stops.map(({ account_id }) => account_id), plan });
}

export interface Planning {
  rows: readonly AccountRow[];
  /** Where the phone is; null where it is not known, or not asked for. */
  here: { lon: number; lat: number } | null;
  signal?: AbortSignal;
}

export interface Made {
  undo: Undo;
  /** Whom the person had put on the route. */
  by_hand: string[];
  visits: number;
  dropped: number;
}

/** Plan the day, or what is left of it from here and now. What was put on the route by hand stays. Null: given up for something newer. */
export async function planDay(planner: Planner, { rows, here, signal }: Planning): Promise<Made | null> {
  const { store, day } = planner;
  const undo = await keeping(store, day);
  const { route, plan } = await readRoute(planner);
  const setting = begun(planner, route, here);
  const chosen = new Set(plan?.chosen_ids);
  const by_hand = route.left.filter((id) => !chosen.has(id));
  const left_out = plan?.left_out_ids ?? [];
  const near = pointNear(setting);
  const measure = { on: day, ranks: planner.ranks, weights: setting.ruling.weights };
  const done_ids = new Set(route.done.map(({ account_id }) => account_id));
  const fixed_ids = planner.fixed.flatMap(({ account_id }) => account_id ?? []).filter((id) => !done_ids.has(id));
  const others = candidatesAmong(rows, { ...planner, measure, near }, new Set([...by_hand, ...left_out, ...fixed_ids, ...done_ids]));
  const accounts = await readPlanned(store, [...new Set([...by_hand, ...fixed_ids, ...others])]);
  const problem = problemOf({ accounts: [...accounts.values()], must_ids: new Set([...by_hand, ...fixed_ids]) }, setting);
  const made = await sliced(planning(problem), signal ? { signal } : {});
  if (!made) return null;
  const visits = made.days.flatMap(({ stops }) => stops);
  const ids = visits.map(({ id }) => id);
  await keepDay(store, day, {
    stops: [...route.done.map(({ account_id }) => account_id), ...ids],
    plan: {
      day,
      made_at: planner.now.toISOString(),
      source: 'phone',
      chosen_ids: ids.filter((id) => !by_hand.includes(id)),
      left_out_ids: left_out,
      dropped: byWorth(made.dropped, problem),
      promised: Object.fromEntries(visits.map(({ id, start }) => [id, start])),
      ways: plan?.ways ?? {},
      service_s: plan?.service_s ?? {},
      from_here: setting.from?.point ? { lon: setting.from.point[0], lat: setting.from.point[1], at_s: setting.from.at_s } : null,
      more: null,
    },
  });
  return { undo, by_hand, visits: ids.length, dropped: made.dropped.length };
}

/** Whom one had put on the route oneself comes first, then who is worth the most. */
function byWorth(dropped: readonly Dropped[], { stops }: Problem): Dropped[] {
  const worth = new Map(stops.map(({ id, value, is_must }) => [id, value + (is_must ? 1_000 : 0)]));
  return [...dropped].sort((a, b) => (worth.get(b.id) ?? 0) - (worth.get(a.id) ?? 0) || (a.id < b.id ? -1 : 1));
}

/** From where and when the plan begins: in the morning as usual, later where one is and now. */
function begun(planner: Planner, route: DayRoute, here: Planning['here']): Setting {
  const { day, timezone, now } = planner;
  const setting = { ...route.setting, from: null };
  if (dayIn(timezone, now) !== day) return setting;
  const now_s = secondsInto(timezone, day, now.getTime());
  const usual = problemOf({ accounts: [], must_ids: new Set() }, setting).days[0]?.shift[0] ?? 0;
  if (now_s <= usual && route.done.length === 0) return setting;
  const last = route.begins === 'last' ? (route.setting.from?.point ?? null) : null;
  const start = endsOf(setting, day).start;
  const point: LonLat | null = here ? [here.lon, here.lat] : (last ?? (start && [start.lon, start.lat]));
  return { ...setting, from: { point, at_s: now_s } };
}

function pointNear(setting: Setting): { lon: number; lat: number } | null {
  const point = setting.from?.point;
  return point ? { lon: point[0], lat: point[1] } : endsOf(setting, setting.day).start;
}

export interface Changed {
  undo: Undo;
  cost: Cost;
  /** Where it is now among those left, or was. */
  at: number;
}

/** Put an account on the route by hand, where it costs the least or at a place of one's own. Null where it is not on this phone, or on the route already. */
export async function insertStop(planner: Planner, account_id: string, at: number | null = null): Promise<Changed | null> {
  const { store, day } = planner;
  const undo = await keeping(store, day);
  const { route, accounts, plan } = await readRoute(planner);
  const account = (await readPlanned(store, [account_id])).get(account_id);
  if (!account || route.left.includes(account_id)) return null;
  const { insertions } = withAccount(route, account, accounts);
  const place = (at === null ? null : insertions[at]) ?? bestInsertion(insertions);
  if (!place) return null;
  const left = [...route.left.slice(0, place.at), account_id, ...route.left.slice(place.at)];
  await keepLeft(planner, route, left, plan && { ...plan, chosen_ids: plan.chosen_ids.filter((id) => id !== account_id), left_out_ids: plan.left_out_ids.filter((id) => id !== account_id), dropped: plan.dropped.filter(({ id }) => id !== account_id) });
  return { undo, cost: place.cost, at: place.at };
}

/** Put one of those left elsewhere in the order. */
export async function moveStop(planner: Planner, account_id: string, to: number): Promise<Changed | null> {
  const undo = await keeping(planner.store, planner.day);
  const { route, plan } = await readRoute(planner);
  const { cost, left } = moved(route, account_id, to) ?? {};
  if (!cost || !left) return null;
  await keepLeft(planner, route, left, plan);
  return { undo, cost, at: to };
}

/** What moving would do; null where it is not on the route, or stays where it is. */
export function moved(route: DayRoute, account_id: string, to: number): { cost: Cost; left: string[] } | null {
  const from = route.left.indexOf(account_id);
  if (from < 0 || to === from || to < 0 || to >= route.left.length) return null;
  const order = route.left.map((_, index) => index).filter((index) => index !== from);
  order.splice(to, 0, from);
  return { cost: costOf(route.timed, reordered(route, order)), left: order.flatMap((index) => route.left[index] ?? []) };
}

/** Take a stop off; the planner does not choose it again that day. */
export async function dropStop(planner: Planner, account_id: string): Promise<Changed | null> {
  const undo = await keeping(planner.store, planner.day);
  const { route, plan } = await readRoute(planner);
  const from = route.left.indexOf(account_id);
  if (from < 0) return null;
  const cost = costOf(route.timed, reordered(route, route.left.map((_, index) => index).filter((index) => index !== from)));
  const promised = Object.fromEntries(Object.entries(plan?.promised ?? {}).filter(([id]) => id !== account_id));
  await keepLeft(planner, route, route.left.filter((id) => id !== account_id), plan && { ...plan, promised, left_out_ids: [...plan.left_out_ids, account_id] });
  return { undo, cost, at: from };
}

const keepLeft = ({ store, day }: Planner, route: DayRoute, left: readonly string[], plan: DayPlan | null): Promise<void> => keepDay(store, day, { stops: [...route.done.map(({ account_id }) => account_id), ...left], plan });
