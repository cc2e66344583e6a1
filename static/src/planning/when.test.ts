import { expect, test } from 'vitest';
import { toRow } from '../accounts/rules';
import { account, keep, ME, openPhone } from '../testing/world';
import { planDay, type Planner } from './actions';
import { keepHabits, USUAL_HABITS } from './habits';
import { addStop } from './stops';
import { chancesFor, worthNow } from './when';
import type { Store } from '../store/store';

/** A Thursday. */
const DAY = '2026-11-26';
const planner = (store: Store): Planner => ({ store, day: DAY, timezone: 'Asia/Tokyo', user_id: ME, team_ids: [], ranks: ['A', 'B'], working_days: [1, 2, 3, 4, 5], fixed: [], now: new Date(`${DAY}T07:30:00+09:00`) });
const placed = (id: string, lon: number, fields: Record<string, unknown> = {}) => account({ id, name: id, owner_id: ME, rank: 'A', win_prob: 80, cadence_days: 30, due_on: '2026-11-01', last_visit_at: '2026-10-02T01:00:00Z', lon, lat: 35.65, ...fields });

test('an account is told for each day of the week to come what it would add: close by where one is anyway', async () => {
  const store = await openPhone();
  const monday = { mon: [['09:00', '17:00']] };
  const all = [placed('near today', 139.73), placed('promised on Friday', 139.95, { due_on: '2026-12-20', next_action_on: '2026-11-27' }), placed('asked', 139.94), placed('open on Mondays', 139.7, { opening_hours: monday })];
  await keep(store, ...all);
  await keepHabits(store, { ...USUAL_HABITS, start_place: { lon: 139.7, lat: 35.65, name: null } });
  await addStop(store, 'near today', DAY);
  const rows = all.map(toRow);
  const chances = await chancesFor(planner(store), 'asked', rows);
  // Saturday and Sunday are nobody's.
  expect(chances.map(({ day }) => day)).toEqual(['2026-11-26', '2026-11-27', '2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03']);
  expect(chances.slice(0, 3).map(({ kind }) => kind)).toEqual(['poor', 'good', 'poor']);
  expect((await chancesFor(planner(store), 'open on Mondays', rows)).map(({ kind }) => kind)).toEqual(['closed', 'closed', 'good', 'closed', 'closed', 'closed']);
  expect(await chancesFor(planner(store), 'unknown', rows)).toEqual([]);
  // Who is on today's route already is not told to fit in, or not, beside themselves.
  expect((await chancesFor(planner(store), 'near today', rows))[0]?.day).toBe('2026-11-27');
  // With no place to come from, nothing can be measured on a day that is still empty.
  await keepHabits(store, USUAL_HABITS);
  expect((await chancesFor(planner(store), 'asked', rows)).map(({ kind }) => kind)).toEqual(['fair', 'good', 'free', 'free', 'free', 'free']);
});

test('nearby are those that fit in now, the most value for the way first', async () => {
  const store = await openPhone();
  const all = [placed('on the route', 139.73), placed('beside', 139.731), placed('poor and farther', 139.76, { rank: 'B', win_prob: 10 }), placed('too far', 140.3), placed('just seen', 139.731, { due_on: '2026-12-24', last_visit_at: '2026-11-24T01:00:00Z' }), placed('theirs', 139.731, { owner_id: null })];
  await keep(store, ...all);
  await keepHabits(store, { ...USUAL_HABITS, start_place: { lon: 139.7, lat: 35.65, name: null } });
  await addStop(store, 'on the route', DAY);
  const found = await worthNow(planner(store), { rows: all.map(toRow), here: { lon: 139.73, lat: 35.65 } });
  expect(found.map(({ row }) => row.id)).toEqual(['beside', 'poor and farther']);
  expect(found[0]?.detour_s).toBeLessThan(found[1]?.detour_s ?? 0);
});

test('a plan for a phone without any account is empty, and says so', async () => {
  const store = await openPhone();
  expect(await planDay(planner(store), { rows: [], here: null })).toMatchObject({ visits: 0, dropped: 0 });
});
