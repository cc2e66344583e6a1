/** When an account would fit in, and who nearby is worth it now: what one more visit adds to the driving of each day. */
import { addDays, type AccountRow } from '../accounts/rules';
import { distanceM } from '../core/position';
import { readPlanned, readRoute, settingOf, type Planner } from './actions';
import { candidatesAmong } from './candidates';
import { worthOn, type Planned } from './dayproblem';
import { fixedOn } from './fixed';
import { bestInsertion, routeOf, withAccount, type DayRoute } from './dayroute';
import { isoWeekday } from './opening';
import { breathe } from './sliced';

/** What a day says to one more visit. */
export interface DayChance {
  day: string;
  /** Which of those left it would come before. */
  at: number;
  detour_s: number;
  kind: 'good' | 'fair' | 'poor' | 'full' | 'closed' | 'free';
}

/** Up to so much more driving is close by; beyond the second it is a long way. */
const GOOD_S = 15 * 60;
const FAIR_S = 40 * 60;
const DAYS_AHEAD = 7;

/** Today and the working days of a week, each with what the visit would add. Days without a route are measured by what was promised for them. */
export async function chancesFor(planner: Planner, account_id: string, rows: readonly AccountRow[]): Promise<DayChance[]> {
  const account = (await readPlanned(planner.store, [account_id])).get(account_id);
  if (!account) return [];
  const chances: DayChance[] = [];
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
    const day = addDays(planner.day, ahead);
    if (ahead > 0 && !planner.working_days.includes(isoWeekday(day))) continue;
    await breathe();
    const known = ahead === 0 ? await readRoute(planner) : await promisedRoute({ ...planner, day, fixed: await fixedOn(planner.store, { ...planner, day }) }, rows, account_id);
    // Whoever is on the day's route already need not be fitted in.
    if (known.accounts.has(account_id)) continue;
    chances.push(chanceOf(day, known, account));
  }
  return chances;
}

async function promisedRoute(planner: Planner, rows: readonly AccountRow[], except: string): Promise<{ route: DayRoute; accounts: Map<string, Planned> }> {
  const promised = rows.filter((row) => row.next_action_on === planner.day && row.owner_id === planner.user_id && row.id !== except).map(({ id }) => id);
  const accounts = await readPlanned(planner.store, promised);
  const setting = await settingOf(planner, null);
  return { accounts, route: routeOf({ stops: [...accounts.keys()].map((id) => ({ account_id: id })), accounts, plan: null, setting, now_s: null }) };
}

function chanceOf(day: string, { route, accounts }: { route: DayRoute; accounts: ReadonlyMap<string, Planned> }, account: Planned): DayChance {
  const best = bestInsertion(withAccount(route, account, accounts).insertions);
  const own = best?.timed.stops[best.at];
  if (!best || !own || own.late_s >= 86_400) return { day, at: 0, detour_s: 0, kind: 'closed' };
  // With nowhere to come from there is no way to measure.
  if (route.left.length === 0 && route.problem.days[0]?.start === null) return { day, at: 0, detour_s: 0, kind: 'free' };
  const detour_s = Math.max(0, best.cost.drive_s);
  if (best.cost.late.length > 0 || best.cost.over_s > 0 || own.late_s > 0) return { day, at: best.at, detour_s, kind: 'full' };
  return { day, at: best.at, detour_s, kind: detour_s <= GOOD_S ? 'good' : detour_s <= FAIR_S ? 'fair' : 'poor' };
}

export interface Nearby {
  row: AccountRow;
  detour_s: number;
  value: number;
  distance_m: number;
}

/** As far as one looks round, and as many as are weighed. */
const WITHIN_M = 8_000;
const MOST = 24;
/** Beside the way there the visit takes its time: value is measured against both. */
const BASE_S = 900;

/** Who is worth it now, near here: by value against detour, the best first. */
export async function worthNow(planner: Planner, { rows, here }: { rows: readonly AccountRow[]; here: { lon: number; lat: number } }): Promise<Nearby[]> {
  const { route, accounts, plan } = await readRoute(planner);
  const away = (row: AccountRow) => (row.lon === null || row.lat === null ? Infinity : distanceM(here, { lon: row.lon, lat: row.lat }));
  const near = rows.filter((row) => away(row) <= WITHIN_M);
  const byId = new Map(near.map((row) => [row.id, row]));
  const measure = { on: planner.day, ranks: planner.ranks, weights: route.setting.ruling.weights };
  const without = new Set([...route.left, ...route.done.map(({ account_id }) => account_id), ...(plan?.left_out_ids ?? [])]);
  const found = await readPlanned(planner.store, candidatesAmong(near, { ...planner, measure, near: here }, without).slice(0, MOST));
  const weighed: Nearby[] = [];
  for (const account of found.values()) {
    // Each takes a few milliseconds: the screen goes on between them.
    await breathe();
    const row = byId.get(account.id);
    const best = bestInsertion(withAccount(route, account, accounts).insertions);
    const own = best?.timed.stops[best.at];
    if (!row || !best || !own || own.late_s > 0 || best.cost.late.length > 0 || best.cost.over_s > 0) continue;
    weighed.push({ row, detour_s: Math.max(0, best.cost.drive_s), value: worthOn(account, route.setting).value, distance_m: away(row) });
  }
  return weighed.sort((a, b) => b.value / (b.detour_s + BASE_S) - a.value / (a.detour_s + BASE_S) || (a.row.id < b.row.id ? -1 : 1));
}
