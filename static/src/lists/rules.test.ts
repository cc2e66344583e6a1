import { describe, expect, test } from 'vitest';
import { NO_FILTER, toRow } from '../accounts/rules';
import { account } from '../testing/world';
import { segmentFilter, sorted, type Sort } from './rules';

const statuses = [
  { no: 1, code: 'prospect' },
  { no: 2, code: 'approach' },
  { no: 4, code: 'customer' },
];

describe('segments', () => {
  test('a kind narrows to itself', () => expect(segmentFilter('person', NO_FILTER, statuses).kind).toBe('person'));
  test('the approach list holds those yet to be won, of every kind', () => {
    expect(segmentFilter('approach', { ...NO_FILTER, kind: 'person' }, statuses)).toMatchObject({ kind: null, status: [1, 2] });
  });
  test('a status chosen elsewhere narrows it further, never to everything', () => {
    expect(segmentFilter('approach', { ...NO_FILTER, status: [2, 4] }, statuses).status).toEqual([2]);
    expect(segmentFilter('partners', { ...NO_FILTER, status: [1] }, statuses).status).toEqual([-1]);
  });
});

describe('order', () => {
  const rows = [
    account({ id: 'a', name: 'い', win_prob: 10, rank: 'B', due_on: '2026-12-01', lon: 139.7, lat: 35.6 }),
    account({ id: 'b', name: 'あ', win_prob: null, rank: null, due_on: null, lon: null, lat: null }),
    account({ id: 'c', name: '鵜', name_kana: 'ウ', win_prob: 90, rank: 'A', due_on: '2026-11-01', lon: 139.8, lat: 35.6 }),
  ].map(toRow);
  const order = (sort: Sort) => sorted(rows, sort, { lon: 139.79, lat: 35.6 }, ['A', 'B', 'C']).map((item) => item.id);

  test('what has no value comes last; equals by name', () => {
    expect(order('name')).toEqual(['b', 'a', 'c']);
    expect(order('win_prob')).toEqual(['c', 'a', 'b']);
    expect(order('rank')).toEqual(['c', 'a', 'b']);
    expect(order('due')).toEqual(['c', 'a', 'b']);
    expect(order('distance')).toEqual(['c', 'a', 'b']);
  });

  test('ranks stand as the organisation has them; one no longer offered comes before none', () => {
    const ranked = (ranks: string[]) => sorted(rows, 'rank', null, ranks).map((item) => item.rank);
    expect([ranked(['B', 'A']), ranked(['S', 'B']), ranked(['S'])]).toEqual([['B', 'A', null], ['B', 'A', null], ['A', 'B', null]]);
    expect(ranked(['S', 'A', 'B'])).toEqual(['A', 'B', null]);
  });
});
