import { expect, test } from 'vitest';
import { toRow } from '../accounts/rules';
import { account, keep, ME, openPhone } from '../testing/world';
import { planDay, readRoute, type Planner } from './actions';
import { readDayPlan } from './dayplan';
import { keepHabits, USUAL_HABITS } from './habits';
import { acceptOffer, isBetter, type ServerPlan } from './offer';
import type { Store } from '../store/store';

const DAY = '2026-11-26';
const planner = (store: Store): Planner => ({ store, day: DAY, timezone: 'Asia/Tokyo', user_id: ME, team_ids: [], ranks: ['A'], working_days: [1, 2, 3, 4, 5], fixed: [], now: new Date(`${DAY}T07:30:00+09:00`) });

function serverPlan(ids: string[], fields: Partial<ServerPlan> = {}): ServerPlan {
  const stops = ids.map((account_id, index) => ({ account_id, arrival: 36_000 + index * 3_600, start: 36_000 + index * 3_600, departure: 37_200 + index * 3_600, drive_s: 777, drive_m: 5_000, slack_s: 60, is_must: false, is_fixed: false }));
  const drive_s = 777 * ids.length + 600;
  return { days: [{ day: DAY, start: 35_000, end: 50_000, stops, breaks: [], drive_s, drive_m: 5_000 * ids.length + 4_000 }], dropped: [{ account_id: 'b', minutes: 20, reason: { code: 'no_time', over_s: 900, opens: null } }, { account_id: 'c', minutes: 20, reason: { code: 'of a later build' } }], value: 40, drive_s, is_estimated: false, ...fields };
}

test('the server’s plan on roads replaces the phone’s when it is taken, with its ways and reasons, and can be given back', async () => {
  const store = await openPhone();
  const all = ['a', 'b', 'c'].map((id, index) => account({ id, owner_id: ME, rank: 'A', due_on: '2026-11-01', lon: 139.71 + index * 0.01, lat: 35.65 }));
  await keep(store, ...all);
  await keepHabits(store, { ...USUAL_HABITS, start_place: { lon: 139.7, lat: 35.65, name: null } });
  await planDay(planner(store), { rows: all.map(toRow), here: null });
  const before = (await readRoute(planner(store))).route;
  expect(before).toMatchObject({ left: expect.arrayContaining(['a', 'b', 'c']), is_estimated: true });
  const offered = serverPlan(['c', 'a']);
  expect(isBetter(offered, before)).toBe(true);
  expect(isBetter({ ...offered, is_estimated: true, value: 1 }, before)).toBe(false);
  const undo = await acceptOffer(planner(store), offered);
  const { route, plan } = await readRoute(planner(store));
  expect(route).toMatchObject({ left: ['c', 'a'], is_estimated: false });
  expect(route.timed).toMatchObject({ drive_s: 777 * 2 + 600, drive_m: 14_000 });
  // As long as the server takes them to last: else the times that were offered would not hold.
  expect(route.timed.stops.map(({ start, departure }) => departure - start)).toEqual([1_200, 1_200]);
  expect(plan).toMatchObject({ source: 'server', dropped: [{ id: 'b', reason: { code: 'no_time', over_s: 900 } }], promised: { c: 36_000 } });
  await undo();
  expect((await readRoute(planner(store))).route.left).toEqual(before.left);
  expect((await readDayPlan(store, DAY))?.source).toBe('phone');
});
