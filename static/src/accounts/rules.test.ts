import { describe, expect, test } from 'vitest';
import { flag, nullable, number, object, text } from '../core/parse';
import { readCases } from '../testing/cases';
import { account, ANOTHER, ME } from '../testing/world';
import { countActive, toQuery } from './asking';
import { dueOn, isOverdue, matcher, NO_FILTER, placeOf, toRow, type AccountFilter } from './rules';

const who = { user_id: ME, team_ids: ['t1'], today: '2026-11-22', timezone: 'Asia/Tokyo' };

describe('when a visit is due', () => {
  const parse = object({ name: text, cadence_days: nullable(number), last_visit_on: nullable(text), created_on: text, due_on: nullable(text) });
  test.each(readCases('due', parse))('$name', ({ due_on, ...given }) => {
    expect(dueOn(given)).toBe(due_on);
  });

  test.each(readCases('overdue', object({ due_on: nullable(text), today: text, is_overdue: flag })))('due $due_on on $today', (given) => {
    expect(isOverdue(given.due_on, given.today)).toBe(given.is_overdue);
  });
});

describe('the filter', () => {
  const rows = [
    account({ id: 'a', name: '株式会社 山田商店', name_kana: 'ヤマダショウテン', status: 3, win_prob: 65, owner_id: ME, team_id: 't1', rank: 'A', due_on: '2026-11-20', phones: [{ number: '+81312345678', label: '' }] }),
    account({ id: 'b', name: 'ﾔﾏﾀﾞ電機', name_kana: null, status: 1, win_prob: null, owner_id: ANOTHER, team_id: 't2', tags: ['重点'], last_visit_at: '2026-11-01T00:00:00Z', due_on: '2026-12-01' }),
    account({ id: 'c', kind: 'person', name: '鈴木 花子', status: 1, win_prob: 10, owner_id: null, team_id: null, address: '東京都港区芝浦4-2-8' }),
  ].map(toRow);
  const found = (filter: Partial<AccountFilter>) => rows.filter(matcher({ ...NO_FILTER, ...filter }, who)).map((row) => row.id);

  test('without conditions keeps all', () => expect(found({})).toEqual(['a', 'b', 'c']));
  test('searches names and readings in any width and kana', () => expect(found({ q: 'やまだ' })).toEqual(['a', 'b']));
  test('searches phone numbers as one dials them', () => expect(found({ q: '03-1234' })).toEqual(['a']));
  test('searches addresses, all words needed', () => {
    expect(found({ q: '港区　鈴木' })).toEqual(['c']);
    expect(found({ q: '港区　山田' })).toEqual([]);
  });
  test('by status, several at once', () => expect(found({ status: [3] })).toEqual(['a']));
  test('mine, my team, everybody', () => {
    expect(found({ owner: 'me' })).toEqual(['a']);
    expect(found({ owner: 'team' })).toEqual(['a']);
    expect(found({ owner: 'all' })).toHaveLength(3);
  });
  test('overdue and never visited', () => {
    expect(found({ overdue: true })).toEqual(['a']);
    expect(found({ never_visited: true })).toEqual(['a', 'c']);
  });
  test('a win probability nobody has set is in no range', () => {
    expect(found({ win_min: 50 })).toEqual(['a']);
    expect(found({ win_max: 50 })).toEqual(['c']);
  });
  test('by rank, tag and kind', () => {
    expect(found({ rank: 'A' })).toEqual(['a']);
    expect(found({ tag: '重点' })).toEqual(['b']);
    expect(found({ kind: 'person' })).toEqual(['c']);
  });
  test('is told to the server in its words', () => {
    const query = toQuery({ ...NO_FILTER, q: ' 山田 ', status: [1, 3], owner: 'me', overdue: true, win_min: 25 }, who);
    expect(query.toString()).toBe(new URLSearchParams([['status', '1'], ['status', '3'], ['q', '山田'], ['owner', 'me'], ['overdue', '1'], ['win_min', '25']]).toString());
    expect(toQuery(NO_FILTER, who).toString()).toBe('');
  });
  test('counts what is set', () => expect(countActive({ ...NO_FILTER, q: 'x', status: [1], overdue: true })).toBe(2));
  test('goes through 20,000 rows in a few milliseconds', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ ...(rows[index % 3] ?? rows[0]!), id: String(index) }));
    const began = performance.now();
    expect(many.filter(matcher({ ...NO_FILTER, q: '山田', owner: 'me' }, who)).length).toBeGreaterThan(6_000);
    expect(performance.now() - began).toBeLessThan(60);
  });
});

test('a place is the address without its prefecture', () => {
  expect(placeOf({ address: '東京都港区芝浦4-2-8', prefecture: '東京都', municipality: '港区' })).toBe('港区芝浦4-2-8');
  expect(placeOf({ address: null, prefecture: '東京都', municipality: '港区' })).toBe('港区');
});
