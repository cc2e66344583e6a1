import { describe, expect, test } from 'vitest';
import { COLOUR_BY, countBands, makeScale, type ScaleContext, type Scaled } from './scales';

const NOW = Date.parse('2026-11-22T00:00:00Z');
const context: ScaleContext = {
  theme: 'light',
  statuses: [
    { no: 1, name: '見込み', letter: '見', colour: '#6b7785', colour_dark: '#9aa6b4', shape: 'circle' },
    { no: 3, name: '商談中', letter: '商', colour: '#e69f00', colour_dark: '#f0b429', shape: 'square' },
  ],
  ranks: ['A', 'B', 'C', 'D'],
  owners: [{ id: 'me', name: '佐藤 美咲' }, { id: 'you', name: '鈴木 健' }],
  now: NOW,
  words: { never: '未訪問', neverLetter: '未', others: 'ほか', nobody: '担当なし', noRank: 'ランクなし', upToDays: (days) => `${days}日以内`, overDays: (days) => `${days}日超`, percent: (from, to) => `${from}〜${to}%` },
};
const account: Scaled = { status: 3, win_prob: 65, rank: 'B', owner_id: 'you', last_visit_at: '2026-10-01T03:00:00Z' };
const bandKey = (by: (typeof COLOUR_BY)[number], changed: Partial<Scaled> = {}) => {
  const scale = makeScale(by, context);
  return scale.bands[scale.bandOf({ ...account, ...changed })]?.key;
};

describe('colour by', () => {
  test('status takes the colour of the theme', () => {
    expect(bandKey('status')).toBe('3');
    expect(makeScale('status', { ...context, theme: 'dark' }).bands[1]?.colour).toBe('#f0b429');
  });

  test('win probability in five bands, both ends included', () => {
    expect([0, 19, 20, 79, 80, 100, null].map((win_prob) => bandKey('win', { win_prob }))).toEqual(['0', '0', '20', '60', '80', '80', '0']);
  });

  test('days since the last visit, and never', () => {
    const ago = (days: number) => new Date(NOW - days * 86_400_000).toISOString();
    expect([0, 30, 31, 60, 90, 180, 181].map((days) => bandKey('days', { last_visit_at: ago(days) }))).toEqual(['30', '30', '60', '60', '90', '180', 'over']);
    expect(bandKey('days', { last_visit_at: null })).toBe('never');
  });

  test('rank, and one the organisation no longer has', () => {
    expect([null, 'A', 'D', 'Z'].map((rank) => bandKey('rank', { rank }))).toEqual(['', 'A', 'D', '']);
  });

  test('owner, others and nobody', () => {
    expect(['me', 'you', 'gone', null].map((owner_id) => bandKey('owner', { owner_id }))).toEqual(['me', 'you', 'others', 'nobody']);
  });

  test('no two bands of a scale look alike, even without colour, save those of one continuous scale', () => {
    for (const by of COLOUR_BY) {
      const { bands } = makeScale(by, context);
      expect(new Set(bands.map((band) => `${band.shape}${band.letter}`)).size, by).toBe(bands.length);
      expect(new Set(bands.map((band) => band.key)).size, by).toBe(bands.length);
    }
  });

  test('rank and days together: the days colour the pin, the rank is its letter', () => {
    const scale = makeScale('rank_days', context);
    expect(scale.letterOf?.(account)).toBe('B');
    expect(scale.letterOf?.({ ...account, rank: null })).toBe('–');
    expect(scale.bands[scale.bandOf(account)]?.key).toBe('60');
    expect(new Set(scale.bands.map((band) => band.shape)).size).toBe(scale.bands.length);
  });

  test('counts add up', () => {
    const accounts: Scaled[] = [account, { ...account, status: 1 }, { ...account, status: 1 }];
    expect(countBands(makeScale('status', context), accounts)).toEqual([2, 1]);
  });
});
