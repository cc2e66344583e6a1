import { expect, test } from 'vitest';
import { toRow } from '../accounts/rules';
import { account, keep, ME, openPhone } from '../testing/world';
import { planDay, readRoute } from './actions';
import { fixedOn } from './fixed';

const DAY = '2026-11-26';
const at = (hour: string) => `${DAY}T${hour}:00+09:00`;
const appointment = (id: string, from: string, until: string, account_id: string | null, is_all_day = false) => ({
  ...{ id, account_id, owner_id: ME, title: id, place: null, invitees: [], version: 1, change_seq: 1 },
  time: { starts_at: new Date(at(from)).toISOString(), ends_at: new Date(at(until)).toISOString(), is_all_day },
});

test('a day is planned around its appointments: at an account a visit at its hour, elsewhere the person is taken', async () => {
  const store = await openPhone();
  const all = ['a', 'b', 'c'].map((id, index) => account({ id, owner_id: ME, rank: 'A', due_on: '2026-11-01', lon: 139.71 + index * 0.01, lat: 35.65 }));
  await keep(store, ...all);
  const given = [appointment('at b', '14:00', '15:00', 'b'), appointment('elsewhere', '09:30', '10:30', null), appointment('over it', '10:00', '11:00', 'gone'), appointment('fair', '00:00', '23:59', null, true)];
  for (const each of given) await store.db.put('appointments', each);
  const now = new Date(at('07:30'));
  const fixed = await fixedOn(store, { day: DAY, timezone: 'Asia/Tokyo', now });
  expect(fixed).toEqual([
    { account_id: 'b', from_s: 14 * 3_600, to_s: 15 * 3_600 },
    { account_id: null, from_s: 9.5 * 3_600, to_s: 11 * 3_600 },
  ]);
  const planner = { store, day: DAY, timezone: 'Asia/Tokyo', user_id: ME, team_ids: [], ranks: ['A'], working_days: [1, 2, 3, 4, 5], fixed, now };
  await planDay(planner, { rows: all.map(toRow), here: null });
  const { route } = await readRoute(planner);
  expect(route.timed.stops.find(({ id }) => id === 'b')).toMatchObject({ start: 14 * 3_600, departure: 15 * 3_600, late_s: 0 });
  expect(route.timed.stops).toHaveLength(3);
  expect(route.timed.breaks).toContainEqual([9.5 * 3_600, 11 * 3_600]);
  // What has begun is left to itself; what goes on elsewhere takes the person until its end.
  expect(await fixedOn(store, { day: DAY, timezone: 'Asia/Tokyo', now: new Date(at('10:40')) })).toMatchObject([{ account_id: 'b' }, { from_s: 10 * 3_600 + 2_400, to_s: 11 * 3_600 }]);
  expect(await fixedOn(store, { day: DAY, timezone: 'Asia/Tokyo', now: new Date(at('14:10')) })).toEqual([]);
});
