import { describe, expect, test } from 'vitest';
import { apportion, donutKey, donutSize, parseDonutKey, PARTS, shortCount } from './donuts';

const sum = (rows: { parts: number }[]) => rows.reduce((total, row) => total + row.parts, 0);

describe('a donut', () => {
  test('always adds up to the whole ring', () => {
    let seed = 7;
    const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let round = 0; round < 500; round += 1) {
      const shares = Array.from({ length: 1 + Math.floor(next() * 8) }, (_, i) => ({ colour: `#00000${i}`, n: Math.floor(next() ** 4 * 500) }));
      const present = shares.filter((share) => share.n > 0).length;
      const parts = apportion(shares);
      expect(parts).toHaveLength(present);
      if (present) expect(sum(parts)).toBe(PARTS);
    }
  });

  test('shows a single account among thousands', () => {
    expect(apportion([{ colour: '#a', n: 9999 }, { colour: '#b', n: 1 }])).toEqual([{ colour: '#a', parts: PARTS - 1 }, { colour: '#b', parts: 1 }]);
  });

  test('leaves out what is not there', () => {
    expect(apportion([{ colour: '#a', n: 0 }, { colour: '#b', n: 3 }])).toEqual([{ colour: '#b', parts: PARTS }]);
    expect(apportion([])).toEqual([]);
  });

  test('read back from its name is the same donut', () => {
    const key = donutKey({ shares: [{ colour: '#009e73', n: 1 }, { colour: '#0072b2', n: 1 }], n: 2, theme: 'dark' });
    expect(parseDonutKey(key)).toEqual({ theme: 'dark', size: 's', parts: [{ colour: '#009e73', parts: 12 }, { colour: '#0072b2', parts: 12 }], label: '2' });
    expect(parseDonutKey('pin|light||0||#000000|circle|A')).toBeNull();
  });

  test('grows with its count, and its number stays short', () => {
    expect([2, 10, 99, 100, 999, 1000].map(donutSize)).toEqual(['s', 'm', 'm', 'l', 'l', 'xl']);
    expect([2, 999, 1000, 1290, 9999, 12_345].map(shortCount)).toEqual(['2', '999', '1k', '1.2k', '9.9k', '12k']);
  });
});
