/** The arithmetic of a cluster's donut: how much of the ring each value takes, and the image name that carries it. */
import type { Theme } from '../core/theme';

export interface Share {
  colour: string;
  n: number;
}

export interface Donut {
  theme: Theme;
  size: DonutSize;
  /** Each value's colour and how many of PARTS it takes; together exactly PARTS. */
  parts: readonly { colour: string; parts: number }[];
  /** The number in the middle; none where the map writes it itself. */
  label: string;
}

export const DONUT_PREFIX = 'donut';
/** The ring is cut into this many parts, so that like clusters share one picture. */
export const PARTS = 24;
/** Outer radius in CSS pixels by size. */
export const DONUT_RADIUS = { s: 23, m: 26, l: 30, xl: 35 } as const;
export type DonutSize = keyof typeof DONUT_RADIUS;

export function donutSize(n: number): DonutSize {
  if (n < 10) return 's';
  if (n < 100) return 'm';
  return n < 1000 ? 'l' : 'xl';
}

/** Divide PARTS among the shares by largest remainder; whoever is there at all gets at least one part. */
export function apportion(shares: readonly Share[]): { colour: string; parts: number }[] {
  const present = shares.filter((share) => share.n > 0);
  const total = present.reduce((sum, share) => sum + share.n, 0);
  if (total === 0) return [];
  const rows = present.map((share) => {
    const exact = (share.n / total) * PARTS;
    return { colour: share.colour, exact, parts: Math.max(1, Math.floor(exact)) };
  });
  let left = PARTS - rows.reduce((sum, row) => sum + row.parts, 0);
  while (left > 0) {
    const most = rows.reduce((best, row) => (row.exact - row.parts > best.exact - best.parts ? row : best));
    most.parts += 1;
    left -= 1;
  }
  while (left < 0) {
    const largest = rows.reduce((best, row) => (row.parts > best.parts ? row : best));
    if (largest.parts === 1) break;
    largest.parts -= 1;
    left += 1;
  }
  return rows.map(({ colour, parts }) => ({ colour, parts }));
}

export function donutKey(options: { shares: readonly Share[]; n: number; theme: Theme }): string {
  const parts = apportion(options.shares).map((row) => `${row.colour}:${row.parts}`);
  return `${DONUT_PREFIX}|${options.theme}|${donutSize(options.n)}|${parts.join(',')}|${shortCount(options.n)}`;
}

/** Return the donut a name stands for, or null when the name is not one of ours. */
export function parseDonutKey(key: string): Donut | null {
  const [prefix, theme, size, list, label = ''] = key.split('|');
  if (prefix !== DONUT_PREFIX || list === undefined || !(size !== undefined && size in DONUT_RADIUS)) return null;
  const parts = list.split(',').flatMap((item) => {
    const [colour, count] = item.split(':');
    const number = Number(count);
    return colour && number > 0 ? [{ colour, parts: number }] : [];
  });
  return { theme: theme === 'dark' ? 'dark' : 'light', size: size as DonutSize, parts, label };
}

/** The number in the middle: 999, then 1.2k, 12k. */
export function shortCount(n: number): string {
  if (n < 1000) return String(n);
  return n < 10_000 ? `${Math.floor(n / 100) / 10}k` : `${Math.floor(n / 1000)}k`;
}
