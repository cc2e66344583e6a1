import { expect, test } from 'vitest';
import { codeOf, daysText, moved, nextPosition, offsetOf, zones, zoneText } from './rules';

const SUMMER = new Date('2026-07-01T00:00:00Z');

test('offsets are read as browsers tell them', () => {
  expect(['GMT', 'GMT+09:00', 'GMT-03:30', 'GMT+05:45'].map(offsetOf)).toEqual([0, 540, -210, 345]);
});

test('time zones go from west to east and hold the present one under its own name', () => {
  const found = zones('Asia/Calcutta', SUMMER);
  expect(found.map(({ offset }) => offset)).toEqual(found.map(({ offset }) => offset).sort((a, b) => a - b));
  const texts = found.map(zoneText);
  expect(texts).toEqual(expect.arrayContaining(['UTC+09:00 Asia/Tokyo', 'UTC+01:00 Europe/London', 'UTC-02:30 America/St Johns', 'UTC+00:00 UTC', 'UTC+05:30 Asia/Calcutta']));
  expect(new Set(texts).size).toBe(texts.length);
});

test('working days are told as a range where they are one', () => {
  const nameOf = (day: number) => '月火水木金土日'[day - 1] ?? '';
  const told = (...days: number[]) => daysText(days, nameOf, { to: '〜', and: '・' });
  expect([told(1, 2, 3, 4, 5), told(1, 2, 4, 5, 6), told(6, 7), told(3)]).toEqual(['月〜金', '月・火・木・金・土', '土・日', '水']);
});

test('a place up or down, and no farther than the ends', () => {
  const list = ['S', 'A', 'B'];
  expect([moved(list, 1, -1), moved(list, 0, 1), moved(list, 0, -1), moved(list, 2, 1)]).toEqual([['A', 'S', 'B'], ['A', 'S', 'B'], list, list]);
  expect(list).toEqual(['S', 'A', 'B']);
});

test('what is added comes last and is called after its English name', () => {
  expect([nextPosition([]), nextPosition([{ position: 7 }, { position: 2 }])]).toEqual([1, 8]);
  expect(codeOf('Left a Card (2)')).toBe('left_a_card_2_');
});
