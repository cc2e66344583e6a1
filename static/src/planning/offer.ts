/** The server's plan beside the phone's: it knows the roads and takes longer to look. The person decides whether it replaces what is there. */
import { request, send } from '../core/http';
import { anything, flag, listOf, nullable, number, object, optional, text, UnreadableError, type Parsed } from '../core/parse';
import { Problem, Unreachable } from '../core/problem';
import { startOfDay } from '../core/day';
import { readRoute, type Planner, type Undo } from './actions';
import { keepDay, parseDropped, readDayPlan } from './dayplan';
import { wayKey } from './dayproblem';
import type { DayRoute } from './dayroute';
import { listStops } from './stops';

const parseStop = object({ account_id: nullable(text), arrival: number, start: number, departure: number, drive_s: number, drive_m: nullable(number), slack_s: optional(number, 0), is_must: optional(flag, false), is_fixed: optional(flag, false) });

const parseServerPlan = object({
  days: listOf(object({ day: text, start: nullable(number), end: nullable(number), stops: listOf(parseStop), breaks: optional(listOf(listOf(number)), []), drive_s: number, drive_m: nullable(number) })),
  dropped: listOf(object({ account_id: nullable(text), minutes: optional(number, 0), reason: anything })),
  value: number,
  drive_s: number,
  is_estimated: flag,
});

export type ServerPlan = Parsed<typeof parseServerPlan>;

const TIMEOUT_MS = 10_000;
/** So much less driving makes an offer of as many visits. */
const WORTH_TELLING_S = 300;

/** Ask for a plan of the day, or of its rest. Null without a line, or from a server that does not plan. */
export async function askServer(planner: Planner, musts: readonly string[]): Promise<ServerPlan | null> {
  const { day, timezone } = planner;
  const plan = await readDayPlan(planner.store, day);
  const here = plan?.from_here;
  const from_here = here ? { lon: here.lon, lat: here.lat, at: new Date(startOfDay(timezone, day) + here.at_s * 1_000).toISOString() } : null;
  const { route } = await readRoute(planner);
  const body = { days: [{ day }], from_here, must_ids: musts, leave_out_ids: [...(plan?.left_out_ids ?? []), ...route.done.map(({ account_id }) => account_id)], order_ids: route.left };
  try {
    return await request('POST', '/api/plans', parseServerPlan, { body, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (isQuiet(error)) return null;
    throw error;
  }
}

const idsOf = (plan: ServerPlan): string[] => (plan.days[0]?.stops ?? []).flatMap(({ account_id }) => account_id ?? []);

/** Whether it is worth asking the person: more value, as much with less driving, or roads where the phone could only estimate. */
export function isBetter(offered: ServerPlan, route: DayRoute): boolean {
  const ids = idsOf(offered);
  if (ids.length === 0 || (ids.join() === route.left.join() && offered.is_estimated)) return false;
  const value = route.ground.stops.reduce((sum, stop) => sum + stop.value, 0);
  return offered.value > value || (offered.value === value && offered.drive_s < route.timed.drive_s - WORTH_TELLING_S) || (!offered.is_estimated && route.is_estimated);
}

/** Take the server's plan: its order, its reasons and, where it knows the roads, its ways. */
export async function acceptOffer(planner: Planner, offered: ServerPlan): Promise<Undo> {
  const { store, day } = planner;
  const [before, plan] = await Promise.all([listStops(store, day), readDayPlan(store, day)]);
  const { route } = await readRoute(planner);
  const [of] = offered.days;
  const visits = of?.stops ?? [];
  const by_hand = new Set(route.left.filter((id) => !plan?.chosen_ids.includes(id)));
  const ids = idsOf(offered);
  await keepDay(store, day, {
    stops: [...route.done.map(({ account_id }) => account_id), ...ids],
    plan: {
      day,
      made_at: planner.now.toISOString(),
      source: 'server',
      chosen_ids: ids.filter((id) => !by_hand.has(id)),
      left_out_ids: plan?.left_out_ids ?? [],
      dropped: offered.dropped.flatMap(({ account_id, reason }) => readableDrop(account_id, reason)),
      promised: Object.fromEntries(visits.flatMap(({ account_id, start }) => (account_id ? [[account_id, start] as const] : []))),
      ways: offered.is_estimated ? {} : waysOf(offered),
      service_s: learnedOf(offered),
      from_here: plan?.from_here ?? null,
      more: null,
    },
  });
  void tellAccepted(planner, offered);
  return () => keepDay(store, day, { stops: before.map(({ account_id }) => account_id), plan });
}

/** A reason that this build does not know is left out: better none than a wrong one. */
function readableDrop(account_id: string | null, reason: unknown): ReturnType<typeof parseDropped>[] {
  try {
    return account_id ? [parseDropped({ id: account_id, reason }, 'dropped')] : [];
  } catch {
    return [];
  }
}

/** How long the server takes each visit to last, so that its times hold here too, and those of whom it left out. */
const learnedOf = ({ days, dropped }: ServerPlan): Record<string, number> =>
  Object.fromEntries([
    ...days.flatMap(({ stops }) => stops.flatMap(({ account_id, is_fixed, start, departure }) => (account_id && !is_fixed ? [[account_id, departure - start] as const] : []))),
    ...dropped.flatMap(({ account_id, minutes }) => (account_id && minutes > 0 ? [[account_id, minutes * 60] as const] : [])),
  ]);

/** The ways between the stops as the server measured them. */
export function waysOf({ days }: ServerPlan): Record<string, (number | null)[]> {
  const ways: Record<string, (number | null)[]> = {};
  for (const { stops, drive_s, drive_m } of days) {
    let from = 'start';
    for (const stop of stops) {
      const to = stop.account_id ?? '';
      ways[wayKey(from, to)] = [stop.drive_s, stop.drive_m];
      from = to;
    }
    const metres = stops.reduce<number | null>((sum, stop) => (sum === null || stop.drive_m === null ? null : sum + stop.drive_m), 0);
    ways[wayKey(from, 'end')] = [drive_s - stops.reduce((sum, stop) => sum + stop.drive_s, 0), drive_m === null || metres === null ? null : drive_m - metres];
  }
  return ways;
}

/** The server keeps what was accepted; without a line it is this phone's alone. */
async function tellAccepted({ day }: Planner, { days, is_estimated }: ServerPlan): Promise<void> {
  const [of] = days;
  if (!of) return;
  const { stops, breaks, start, end, drive_s, drive_m } = of;
  // Appointments are kept by themselves.
  const visits = stops.flatMap(({ is_fixed, ...stop }) => (stop.account_id && !is_fixed ? [stop] : []));
  const body = { stops: visits, breaks, start, end, drive_s, drive_m, is_estimated };
  await send('PUT', `/api/plans/${day}`, { body, timeoutMs: TIMEOUT_MS }).catch((error: unknown) => {
    if (!isQuiet(error)) throw error;
  });
}

/** No line, signed out, or a server that does not plan. */
const isQuiet = (error: unknown): boolean => error instanceof Unreachable || error instanceof Problem || error instanceof UnreadableError;
