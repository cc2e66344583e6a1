import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { flag, listOf, nullable, number, object, text } from '../core/parse';
import { isCovered, visitedSince } from '../accounts/covered';
import { toQuery } from '../accounts/asking';
import { matcher, NO_FILTER, toRow } from '../accounts/rules';
import { startOfDay } from '../core/day';
import { account } from '../testing/world';
import { BANDS, classOf, ordered, shadesOf, shareOf } from './rules';
import type { PlaceRow } from './wire';

const parse = object({
  today: text, timezone: text, days: number,
  cases: listOf(object({ why: text, last_visit_at: nullable(text), due_on: nullable(text), is_covered: flag, is_visited: flag })),
});
const shared = parse(JSON.parse(readFileSync(new URL('../../../tests/cases/covered.json', import.meta.url), 'utf8')), 'covered');
const who = { user_id: 'u', team_ids: [], today: shared.today, timezone: shared.timezone };
const none = { accounts: 0, covered: 0, share: null, overdue: 0, never_visited: 0, without_cadence: 0, visited: 0, visits: 0 };
const place = (of: Partial<PlaceRow>): PlaceRow => ({ ...none, code: '13112', name: '世田谷区', prefecture: '東京都', lon: 139.6, lat: 35.6, ...of });

describe('covered and visited, as the server counts them (tests/territories/test_shared_cases.py)', () => {
  test.each(shared.cases)('$why', ({ last_visit_at, due_on, is_covered, is_visited }) => {
    const row = toRow(account({ last_visit_at, due_on }));
    expect(isCovered(row, { today: shared.today, since: visitedSince(who, shared.days) })).toBe(is_covered);
    expect(matcher({ ...NO_FILTER, covered_days: shared.days }, who)(row)).toBe(is_covered);
    expect(matcher({ ...NO_FILTER, visited_days: shared.days }, who)(row)).toBe(is_visited);
  });
});

test('a row of the table finds its accounts, those of nobody and nowhere too', () => {
  const here = toRow(account({ municipality_code: '13112', owner_id: 'a' }));
  const nowhere = toRow(account({ municipality_code: null, owner_id: null }));
  const found = (filter: object) => [here, nowhere].filter(matcher({ ...NO_FILTER, ...filter }, who));
  expect(found({ place: { code: '13112', name: '世田谷区' } })).toEqual([here]);
  expect(found({ place: { code: 'none', name: '' } })).toEqual([nowhere]);
  expect(found({ person: 'a' })).toEqual([here]);
  expect(found({ person: 'none' })).toEqual([nowhere]);
  const query = toQuery({ ...NO_FILTER, person: 'none', place: { code: 'none', name: '' }, covered_days: 90, visited_days: 30 }, who);
  expect(query.toString()).toBe('owner=none&municipality=none&visited_within_days=30&covered_within_days=90');
});

test('a day begins where the clocks say so, also on the night they change', () => {
  expect(new Date(startOfDay('Asia/Tokyo', '2026-11-18')).toISOString()).toBe('2026-11-17T15:00:00.000Z');
  expect(new Date(startOfDay('Europe/London', '2026-03-30')).toISOString()).toBe('2026-03-29T23:00:00.000Z');
  expect(new Date(startOfDay('Europe/London', '2026-03-29')).toISOString()).toBe('2026-03-29T00:00:00.000Z');
  expect(new Date(startOfDay('America/New_York', '2026-11-01')).toISOString()).toBe('2026-11-01T04:00:00.000Z');
});

test('shares are rounded as on the server, and the legend leaves no gap', () => {
  expect([shareOf(0, 5), shareOf(1, 1000), shareOf(1, 2), shareOf(1, 8), shareOf(999, 1000), shareOf(5, 5)]).toEqual([0, 1, 50, 13, 99, 100]);
  for (let share = 0; share <= 100; share += 1) {
    const band = BANDS[classOf(share)];
    expect(band && share >= band.from && share <= band.to, String(share)).toBe(true);
  }
});

test('rows without a share come last in both directions', () => {
  const rows = [place({ code: 'a', share: 50 }), place({ code: 'b', share: null }), place({ code: 'c', share: 10 })];
  expect(ordered(rows, { column: 'share', is_up: true }).map(({ code }) => code)).toEqual(['c', 'a', 'b']);
  expect(ordered(rows, { column: 'share', is_up: false }).map(({ code }) => code)).toEqual(['a', 'c', 'b']);
});

test('far views are coloured by prefecture, over all its accounts; what has no place is on no map', () => {
  const shades = shadesOf([
    place({ code: '13112', accounts: 3, covered: 3, share: 100, lon: 139, lat: 35 }),
    place({ code: '13103', name: '港区', accounts: 1, covered: 0, share: 0, lon: 143, lat: 39 }),
    place({ code: null, name: null, accounts: 9, lon: null, lat: null }),
  ]);
  expect(shades.map(({ code, share }) => [code, share])).toEqual([['13112', 100], ['13103', 0], ['13', 75]]);
  expect(shades[2]).toMatchObject({ name: '東京都', lon: 140, lat: 36 });
});
