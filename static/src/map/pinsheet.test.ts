import { expect, test } from 'vitest';
import { donutKey } from './donuts';
import { planOf } from './pinsheet';

const donuts = (count: number) => new Set(Array.from({ length: count }, (_, n) => donutKey({ shares: [{ colour: '#009e73', n: 1000 + n * 1000 }], n: 1000 + n * 1000, theme: 'light' })));

test('pictures lie side by side, none over another, all within the sheet', () => {
  const { width, height, cells } = planOf(donuts(60), 2);
  const all = [...cells.values()];
  expect(all).toHaveLength(60);
  expect(all.every(({ x, y, side }) => x + side <= width && y + side <= height)).toBe(true);
  const overlap = all.some((one, n) => all.slice(n + 1).some((other) => Math.abs(one.x - other.x) < one.side && Math.abs(one.y - other.y) < one.side));
  expect(overlap).toBe(false);
});

test('where there are too many for the screen’s own sharpness, they are coarser and all there', () => {
  const { ratio, width, height, cells } = planOf(donuts(900), 3);
  expect(ratio).toBeLessThan(3);
  expect([Math.max(width, height) <= 4096, cells.size]).toEqual([true, 900]);
});
