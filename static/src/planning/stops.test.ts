import { expect, test } from 'vitest';
import { openPhone } from '../testing/world';
import { addStop, addStops, listStops, MAX_WAYPOINTS, nearestNext, removeStop, removeStops, replaceStops, routeLink } from './stops';

const idsOf = async (store: Awaited<ReturnType<typeof openPhone>>, day: string) => (await listStops(store, day)).map((stop) => stop.account_id);

test('stops keep their order, are there once, and belong to their day', async () => {
  const store = await openPhone();
  for (const id of ['a', 'b', 'a', 'c']) await addStop(store, id, '2026-11-22');
  expect(await idsOf(store, '2026-11-22')).toEqual(['a', 'b', 'c']);
  await removeStop(store, 'b', '2026-11-22');
  await replaceStops(store, '2026-11-22', ['c', 'a']);
  expect(await idsOf(store, '2026-11-22')).toEqual(['c', 'a']);
  expect(await idsOf(store, '2026-11-23')).toEqual([]);
});

test('a route is handed over with its waypoints in order', () => {
  const link = new URL(routeLink([{ lon: 139.7, lat: 35.6 }, { lon: 139.8, lat: 35.65 }]));
  expect(link.searchParams.get('waypoints')).toBe('35.600000,139.700000');
  expect(link.searchParams.get('destination')).toBe('35.650000,139.800000');
  const long = new URL(routeLink(Array.from({ length: 20 }, (_, index) => ({ lon: 139 + index / 100, lat: 35 }))));
  expect(long.searchParams.get('waypoints')?.split('|')).toHaveLength(MAX_WAYPOINTS);
});

const place = (id: string, lon: number | null, lat: number | null = 35) => ({ id, lon, lat });

test('several are put behind the stops that are there, each the nearest to the one before', async () => {
  const store = await openPhone();
  await addStop(store, 'b', '2026-11-22');
  const places = [place('far', 139.9), place('b', 139.71), place('near', 139.71), place('nowhere', null), place('middle', 139.8)];
  const added = await addStops(store, places, { day: '2026-11-22', from: { lon: 139.7, lat: 35 } });
  expect(added).toEqual(['near', 'middle', 'far', 'nowhere']);
  expect(await idsOf(store, '2026-11-22')).toEqual(['b', ...added]);
  expect(await addStops(store, places, { day: '2026-11-22', from: null })).toEqual([]);
  await removeStops(store, added, '2026-11-22');
  expect(await idsOf(store, '2026-11-22')).toEqual(['b']);
});

test('without knowing where one is, the way begins at the first', () => {
  expect(nearestNext([place('a', 139.7), place('c', 139.9), place('b', 139.8)], null)).toEqual(['a', 'b', 'c']);
  expect(nearestNext([], null)).toEqual([]);
});
