import { describe, expect, test } from 'vitest';
import { extend, isLoop, pathOf, ringOf, within, type Ring } from './lasso';

const at = (lon: number | null, lat: number | null, id = '') => ({ id, lon, lat });
const square = ringOf({ west: 0, south: 0, east: 10, north: 10 });
const ids = (items: { id: string }[]) => items.map(({ id }) => id);

describe('within a ring', () => {
  test('holds what is inside and nothing beside it', () => {
    const items = [at(5, 5, 'in'), at(11, 5, 'east'), at(5, -1, 'south'), at(-3, 5, 'west'), at(5, 12, 'north')];
    expect(ids(within(items, square))).toEqual(['in']);
  });

  test('leaves out what has no place', () => {
    expect(within([at(null, 5), at(5, null), at(null, null)], square)).toEqual([]);
  });

  test('knows the notch of a hollow shape from its arms', () => {
    const u: Ring = [at(0, 0), at(10, 0), at(10, 10), at(7, 10), at(7, 3), at(3, 3), at(3, 10), at(0, 10)].map(({ lon, lat }) => ({ lon: lon ?? 0, lat: lat ?? 0 }));
    expect(ids(within([at(1, 8, 'left arm'), at(5, 8, 'notch'), at(9, 8, 'right arm'), at(5, 1, 'foot')], u))).toEqual(['left arm', 'right arm', 'foot']);
  });

  test('a ring drawn as an eight holds both of its eyes', () => {
    const eight: Ring = [{ lon: 0, lat: 0 }, { lon: 10, lat: 10 }, { lon: 10, lat: 0 }, { lon: 0, lat: 10 }];
    expect(ids(within([at(1, 5, 'left eye'), at(9, 5, 'right eye'), at(5, 9, 'above'), at(5, 1, 'below')], eight))).toEqual(['left eye', 'right eye']);
  });

  test('what is gone round twice is outside', () => {
    const inner = ringOf({ west: 3, south: 3, east: 7, north: 7 });
    const double: Ring = [...square, ...square.slice(0, 1), ...inner, ...inner.slice(0, 1)];
    expect(ids(within([at(5, 5, 'twice'), at(1, 5, 'once')], double))).toEqual(['once']);
  });

  test('level with a corner is counted once', () => {
    const diamond: Ring = [{ lon: 5, lat: 0 }, { lon: 10, lat: 5 }, { lon: 5, lat: 10 }, { lon: 0, lat: 5 }];
    expect(ids(within([at(2, 5, 'in'), at(-2, 5, 'west'), at(12, 5, 'east')], diamond))).toEqual(['in']);
  });

  test('is the same whichever way the line was drawn', () => {
    const items = Array.from({ length: 500 }, (_, n) => at((n * 37) % 14, (n * 17) % 13, String(n)));
    expect(within(items, [...square].reverse())).toEqual(within(items, square));
  });

  test('fewer than three corners hold nothing', () => {
    expect(within([at(0, 0)], [{ lon: 0, lat: 0 }, { lon: 1, lat: 1 }])).toEqual([]);
    expect(within([at(0, 0)], [])).toEqual([]);
  });

  test('of 20,000 accounts it holds those in a hand-drawn circle', () => {
    const items = Array.from({ length: 20_000 }, (_, n) => at(139 + (n % 200) / 200, 35 + Math.floor(n / 200) / 100, String(n)));
    const ring: Ring = Array.from({ length: 400 }, (_, n) => ({ lon: 139.5 + 0.09 * Math.cos((n / 200) * Math.PI), lat: 35.5 + 0.09 * Math.sin((n / 200) * Math.PI) }));
    const far = (item: { lon: number | null; lat: number | null }) => Math.hypot((item.lon ?? 0) - 139.5, (item.lat ?? 0) - 35.5);
    const found = new Set(ids(within(items, ring)));
    expect(found.size).toBeGreaterThan(450);
    expect(items.filter((item) => far(item) < 0.0899 && !found.has(item.id))).toEqual([]);
    expect(items.filter((item) => far(item) > 0.0901 && found.has(item.id))).toEqual([]);
  });
});

describe('the finger’s track', () => {
  test('keeps no point that says nothing', () => {
    const track = [{ x: 0, y: 0 }];
    expect(extend(track, { x: 1, y: 1 })).toBe(false);
    expect(extend(track, { x: 5, y: 0 })).toBe(true);
    expect(track).toHaveLength(2);
  });

  test('is a loop only when it goes round something', () => {
    expect(isLoop([{ x: 0, y: 0 }, { x: 4, y: 4 }, { x: 0, y: 5 }])).toBe(false);
    expect(isLoop([{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 200, y: 3 }])).toBe(false);
    expect(isLoop([{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 50, y: 60 }])).toBe(true);
  });

  test('is drawn closed', () => {
    expect(pathOf([{ x: 0, y: 0 }])).toBe('');
    expect(pathOf([{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 5, y: 8.25 }])).toBe('M0.0 0.0L10.0 0.0L5.0 8.3Z');
  });
});
