import { expect, test } from 'vitest';
import { routeFeatures } from './routeline';

const place = (lon: number) => ({ lon, lat: 35.6 });

test('a route is a line from its start to its end, and a number at each stop', () => {
  const { features } = routeFeatures({ line: [place(139.7), place(139.8), place(139.7)], stops: [{ ...place(139.8), number: 3 }], is_estimated: true });
  expect(features.map(({ geometry, properties }) => [geometry.type, properties])).toEqual([
    ['LineString', { is_estimated: true }],
    ['Point', { number: '3' }],
  ]);
  expect(routeFeatures({ line: [place(139.7)], stops: [], is_estimated: false }).features).toEqual([]);
  expect(routeFeatures(null).features).toEqual([]);
});
