import { expect, test } from 'vitest';
import { toRow } from '../accounts/rules';
import type { Account } from '../accounts/wire';
import { account, keep, ME, openPhone } from '../testing/world';
import { dropStop, insertStop, moveStop, planDay, readRoute, type Planner } from './actions';
import { readDayPlan } from './dayplan';
import { keepHabits, USUAL_HABITS } from './habits';
import { addStop, listStops } from './stops';
import type { Store } from '../store/store';

/** A Thursday. */
const DAY = '2026-11-26';
const HERE = { lon: 139.7, lat: 35.65 };
const HOURS = Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [['09:00', '17:30']]]));

const planner = (store: Store, at = '07:30'): Planner => ({ store, day: DAY, timezone: 'Asia/Tokyo', user_id: ME, team_ids: [], ranks: ['A', 'B', 'C'], working_days: [1, 2, 3, 4, 5], fixed: [], now: new Date(`${DAY}T${at}:00+09:00`) });

/** Overdue accounts on a line to the east, a kilometre or so apart; the first is worth the most. */
function customers(n: number): Account[] {
  return Array.from({ length: n }, (_, index) =>
    account({ id: `a${String(index).padStart(2, '0')}`, name: `医院${index}`, owner_id: ME, rank: 'A', win_prob: 90 - index, cadence_days: 30, due_on: '2026-11-01', last_visit_at: '2026-10-02T01:00:00Z', opening_hours: HOURS, lon: 139.71 + index * 0.012, lat: 35.65 }),
  );
}

async function phone(n: number): Promise<{ store: Store; rows: ReturnType<typeof toRow>[] }> {
  const store = await openPhone();
  const accounts = customers(n);
  await keep(store, ...accounts);
  await keepHabits(store, { ...USUAL_HABITS, start_place: { ...HERE, name: '会社' } });
  return { store, rows: accounts.map(toRow) };
}

const ids = async (store: Store) => (await listStops(store, DAY)).map(({ account_id }) => account_id);

test('a day is planned from who is overdue, and undone', async () => {
  const { store, rows } = await phone(20);
  const made = await planDay(planner(store), { rows, here: HERE });
  const { route } = await readRoute(planner(store));
  expect(route.left.length).toBe(made?.visits);
  expect(route.left.length).toBeGreaterThan(8);
  expect(route.timed).toMatchObject({ late_s: 0, over_s: 0 });
  expect(route.timed.breaks).toHaveLength(1);
  const plan = await readDayPlan(store, DAY);
  expect((plan?.dropped.length ?? 0) + route.left.length).toBe(20);
  expect(plan?.dropped.every(({ reason }) => reason.code === 'lower_value')).toBe(true);
  // The most valuable first: each is worth less than the one before.
  expect(plan?.dropped.map(({ id }) => id)).toEqual([...(plan?.dropped ?? [])].map(({ id }) => id).sort());
  await made?.undo();
  expect([await ids(store), await readDayPlan(store, DAY)]).toEqual([[], null]);
});

test('who was put on the route by hand stays on it, whatever they are worth', async () => {
  const { store, rows } = await phone(20);
  await addStop(store, 'a19', DAY);
  await planDay(planner(store), { rows, here: null });
  expect(await ids(store)).toContain('a19');
  expect((await readDayPlan(store, DAY))?.chosen_ids).not.toContain('a19');
});

test('the rest of the day is planned from here and now: what is done stays done, what no longer fits is named', async () => {
  const { store, rows } = await phone(20);
  await planDay(planner(store), { rows, here: null });
  const before = await ids(store);
  const [first = ''] = before;
  const visited = customers(20).find(({ id }) => id === first);
  if (visited) await keep(store, { ...visited, last_visit_at: `${DAY}T02:20:00Z`, due_on: '2026-12-26' });
  const late = planner(store, '11:20');
  const here = { lon: 139.72, lat: 35.651 };
  await planDay(late, { rows, here });
  const { route, plan } = await readRoute(late);
  expect(route.done.map(({ account_id }) => account_id)).toEqual([first]);
  expect(plan?.from_here).toEqual({ ...here, at_s: (11 * 60 + 20) * 60 });
  expect(route.left.length).toBeLessThan(before.length - 1);
  expect(route.timed).toMatchObject({ late_s: 0, over_s: 0 });
  expect(route.timed.stops[0]?.start).toBeGreaterThanOrEqual((11 * 60 + 20) * 60);
});

test('putting one in, moving and taking off say what they cost, and are undone', async () => {
  const { store, rows } = await phone(20);
  await planDay(planner(store), { rows, here: null });
  const before = await ids(store);
  const outside = rows.map(({ id }) => id).filter((id) => !before.includes(id)).at(-1) ?? '';
  const added = await insertStop(planner(store), outside);
  expect(added?.cost.drive_s).toBeGreaterThan(0);
  expect((added?.cost.over_s ?? 0) + (added?.cost.late.length ?? 0)).toBeGreaterThan(0);
  expect((await readDayPlan(store, DAY))?.dropped.map(({ id }) => id)).not.toContain(outside);
  expect(await insertStop(planner(store), outside)).toBeNull();
  await added?.undo();
  expect(await ids(store)).toEqual(before);
  const [one = '', two = ''] = before;
  const moved = await moveStop(planner(store), one, 1);
  expect((await ids(store)).slice(0, 2)).toEqual([two, one]);
  expect(moved?.cost.late).toEqual([]);
  const dropped = await dropStop(planner(store), two);
  expect(dropped?.cost.end_s).toBeLessThan(0);
  await planDay(planner(store), { rows, here: null });
  expect(await ids(store)).not.toContain(two);
});

test('an appointment is kept to the minute, and one elsewhere takes its time', async () => {
  const { store, rows } = await phone(12);
  const ten = 10 * 3_600;
  const fixed = [{ account_id: 'a05', from_s: ten, to_s: ten + 3_600 }, { account_id: null, from_s: ten + 14_400, to_s: ten + 18_000 }];
  await planDay({ ...planner(store), fixed }, { rows, here: null });
  const { route } = await readRoute({ ...planner(store), fixed });
  expect(route.timed.stops.find(({ id }) => id === 'a05')).toMatchObject({ start: ten, departure: ten + 3_600, late_s: 0 });
  expect(route.timed.breaks).toContainEqual([ten + 14_400, ten + 18_000]);
  expect(route.timed.stops.every(({ start, departure }) => departure <= ten + 14_400 || start >= ten + 18_000)).toBe(true);
});

test('whoever is late sees it before the next stop', async () => {
  const { store, rows } = await phone(8);
  await planDay(planner(store), { rows, here: null });
  const promised = (await readDayPlan(store, DAY))?.promised ?? {};
  const { route } = await readRoute(planner(store, '10:30'));
  const next = route.timed.stops[0];
  expect(next?.start).toBe(10.5 * 3_600);
  expect(next && next.start - (promised[next.id] ?? 0)).toBeGreaterThan(3_600);
});

test('an account without a place is named as such, and none is planned on a day when all are closed', async () => {
  const { store } = await phone(0);
  const nowhere = account({ id: 'n', owner_id: ME, due_on: '2026-11-01', lon: null, lat: null, opening_hours: HOURS });
  const closed = account({ id: 'c', owner_id: ME, due_on: '2026-11-01', lon: 139.71, lat: 35.65, opening_hours: { mon: [['09:00', '12:00']] } });
  await keep(store, nowhere, closed);
  const made = await planDay(planner(store), { rows: [nowhere, closed].map(toRow), here: null });
  expect(made).toMatchObject({ visits: 0, dropped: 2 });
  expect(new Map((await readDayPlan(store, DAY))?.dropped.map(({ id, reason }) => [id, reason.code]))).toEqual(new Map([['n', 'no_position'], ['c', 'closed']]));
});
