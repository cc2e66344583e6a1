/** Pure decisions of coverage: order of rows, sums by prefecture, which colour a share has. */
import type { Counts, PlaceRow } from './wire';

/** Where a new colour begins, in percent; as the server's maps have it. */
export const CLASSES = [20, 40, 60, 80] as const;

/** Brown to teal, lowest first: told apart with any colour vision, on the light land and on the dark. */
export const COLOURS = ['#9a5208', '#dcab55', '#d6d3a8', '#7fc1b8', '#0f766a'] as const;

export const classOf = (share: number): number => CLASSES.filter((start) => share >= start).length;
export const colourOf = (share: number): string => COLOURS[classOf(share)] ?? COLOURS[0];

/** The ends of each class, for the legend. */
export const BANDS = COLOURS.map((colour, at) => ({ colour, from: CLASSES[at - 1] ?? 0, to: at < CLASSES.length ? (CLASSES[at] ?? 0) - 1 : 100 }));

export const COLUMNS = ['accounts', 'share', 'overdue', 'never_visited', 'visits'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  column: Column;
  is_up: boolean;
}

/** Rows in order; what has no value comes last, whatever the direction. */
export function ordered<T extends Counts>(rows: readonly T[], { column, is_up }: Order): T[] {
  const value = (row: T) => row[column] ?? null;
  return [...rows].sort((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return is_up ? one - other : other - one;
  });
}

/** A first press shows what needs looking at: the lowest share, else the most. */
export const firstOrder = (column: Column): Order => ({ column, is_up: column === 'share' });

export interface Shade {
  /** Five digits for a municipality, two for a prefecture. */
  code: string;
  name: string;
  share: number;
  accounts: number;
  lon: number;
  lat: number;
}

/** What the map is coloured with: every municipality, and the prefectures for far views. */
export function shadesOf(rows: readonly PlaceRow[]): Shade[] {
  const shades: Shade[] = [];
  const far = new Map<string, { name: string; accounts: number; covered: number; lon: number; lat: number }>();
  for (const { code, name, prefecture, lon, lat, share, accounts, covered } of rows) {
    if (code === null || name === null || lon === null || lat === null) continue;
    shades.push({ code, name, share: share ?? 0, accounts, lon, lat });
    const sum = far.get(code.slice(0, 2)) ?? { name: prefecture ?? '', accounts: 0, covered: 0, lon: 0, lat: 0 };
    // Where its accounts are, not where its middle is.
    far.set(code.slice(0, 2), { ...sum, accounts: sum.accounts + accounts, covered: sum.covered + covered, lon: sum.lon + lon * accounts, lat: sum.lat + lat * accounts });
  }
  for (const [code, { name, accounts, covered, lon, lat }] of far) {
    shades.push({ code, name, share: shareOf(covered, accounts), accounts, lon: lon / accounts, lat: lat / accounts });
  }
  return shades;
}

/** Whole percent; only all is 100 and only none is 0, as the server rounds. */
export function shareOf(covered: number, accounts: number): number {
  const rounded = Math.floor((100 * covered) / accounts + 0.5);
  return covered > 0 && covered < accounts ? Math.min(99, Math.max(1, rounded)) : rounded;
}
