import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listOf, nullable, number, object, oneOf, text } from '../core/parse';
import { bandAt, estimate, estimatedMatrix } from './estimate';

const BANDS = oneOf('night', 'morning', 'day', 'evening');
const way = object({ name: text, one: listOf(number), other: listOf(number), mode: oneOf('car', 'bicycle', 'walking'), hour: nullable(number), factor: number, duration_s: number, distance_m: number });
const cases = object({ bands: listOf(object({ hour: number, band: BANDS })), ways: listOf(way) })(
  JSON.parse(readFileSync(new URL('../../../tests/cases/travel.json', import.meta.url), 'utf8')),
  'travel.json',
);
const point = ([lon = NaN, lat = NaN]: number[]) => [lon, lat] as const;

test('the time of day is the server’s', () => {
  for (const { hour, band } of cases.bands) expect(bandAt(hour), String(hour)).toBe(band);
});

test('a way is estimated as on the server', () => {
  expect(cases.ways.length).toBeGreaterThan(10);
  for (const { name, one, other, mode, hour, factor, ...told } of cases.ways) {
    const band = hour === null ? 'day' : bandAt(hour);
    expect(estimate(point(one), point(other), { mode, band, factor }), name).toEqual(told);
  }
});

test('the ways between all points are the single ones', () => {
  const points = [[139.7, 35.6], [139.8, 35.7], [139.75, 35.5]] as const;
  const { durations, distances } = estimatedMatrix(points);
  expect([durations[0]?.[2], distances[2]?.[1]]).toEqual([estimate(points[0], points[2]).duration_s, estimate(points[2], points[1]).distance_m]);
  expect(durations.map((row, index) => row[index])).toEqual([0, 0, 0]);
});
