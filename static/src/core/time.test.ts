import { beforeEach, describe, expect, test } from 'vitest';
import { useLocale } from './i18n/i18n.svelte';
import { dayIn, dayText, distanceText, nearDay } from './time';

describe('days and distances', () => {
  beforeEach(() => useLocale('ja'));

  test('a day is the organisation’s day', () => {
    expect(dayIn('Asia/Tokyo', '2026-11-21T15:00:00Z')).toBe('2026-11-22');
    expect(dayIn('America/New_York', '2026-11-22T04:59:00Z')).toBe('2026-11-21');
  });

  test('Japanese days carry the weekday in brackets', async () => {
    expect(dayText('2026-11-22')).toBe('11/22 (日)');
    expect(dayText('2025-01-06', '2026-11-22')).toBe('2025/1/6 (月)');
    await useLocale('en');
    expect(dayText('2026-11-22')).toBe('Sun, Nov 22');
  });

  test('relative near now, absolute beyond a week', () => {
    const today = '2026-11-22';
    expect(['2026-11-22', '2026-11-21', '2026-11-23', '2026-11-19', '2026-11-25', '2026-11-14', '2026-11-30'].map((day) => nearDay(day, today))).toEqual([
      '今日', '昨日', '明日', '3日前', '3日後', '11/14 (土)', '11/30 (月)',
    ]);
  });

  test('distances are rounded as one says them', () => {
    expect([3, 184, 946, 1_080, 9_940, 11_400].map(distanceText)).toEqual(['10 m', '180 m', '950 m', '1.1 km', '9.9 km', '11 km']);
  });
});
