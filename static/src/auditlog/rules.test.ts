import { expect, test } from 'vitest';
import { byDay, cameLater, countOf, EVERYTHING, goesOn, queryOf, titleOf, toneOf } from './rules';

test('only what is set is asked for', () => {
  expect(queryOf(EVERYTHING, null)).toBe('');
  expect(queryOf({ ...EVERYTHING, q: ' A&B ', user: 'u', since: '2026-11-01' }, 'c=')).toBe('q=A%26B&user=u&since=2026-11-01&cursor=c%3D');
});

test('a period counts as one condition, the text as none', () => {
  expect(countOf({ ...EVERYTHING, q: 'x' })).toBe(0);
  expect(countOf({ ...EVERYTHING, user: 'u', since: '2026-11-01', until: '2026-11-30' })).toBe(2);
});

test('entries stand under their day, newest first', () => {
  const entries = ['2026-11-18T03:00', '2026-11-18T01:00', '2026-11-17T09:00'].map((at) => ({ at }));
  const days = byDay(entries, (at) => at.slice(0, 10));
  expect(days.map(({ day, entries: { length } }) => [day, length])).toEqual([['2026-11-18', 2], ['2026-11-17', 1]]);
  expect(byDay([], String)).toEqual([]);
});

test('an entry is named by what it is about, else by the account it hangs on', () => {
  const entry = { entity_name: '活動', subject: null, account_name: null };
  expect([titleOf(entry), titleOf({ ...entry, account_name: '青葉医院' }), titleOf({ entity_name: 'タスク', subject: '見積', account_name: '青葉医院' })]).toEqual(['活動', '活動 青葉医院', 'タスク 見積']);
  expect([toneOf('delete'), toneOf('update')]).toEqual(['warn', '']);
});

test('the time on the device is told where the entry came in much later', () => {
  const at = '2026-11-18T03:00:00Z';
  expect([null, '2026-11-18T02:59:00Z', '2026-11-18T01:00:00Z'].map((recorded_at) => cameLater({ at, recorded_at }))).toEqual([false, false, true]);
});

test('a search goes on by itself until there is enough to show, and not for ever', () => {
  expect([goesOn(0, 1, 'c'), goesOn(0, 1, null), goesOn(20, 1, 'c'), goesOn(0, 10, 'c')]).toEqual([true, false, false, false]);
});
