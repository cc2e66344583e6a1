import { describe, expect, test } from 'vitest';
import { boxesAround, estimateBytes, fittingZooms, samplesOf, tilesAt, tilesOf } from './area';

const SETAGAYA = { west: 139.64, south: 35.62, east: 139.69, north: 35.66 };
const JAPAN = { west: 128.5, south: 30.2, east: 146.2, north: 45.7 };

describe('the tiles of an area', () => {
  test('are those that touch it, each once', () => {
    expect(tilesAt([SETAGAYA], 3)).toEqual([{ z: 3, x: 7, y: 3 }]);
    const tiles = tilesAt([SETAGAYA], 14);
    expect(tiles.length).toBe(12);
    expect(tiles).toContainEqual({ z: 14, x: 14547, y: 6453 });
    expect(tilesAt([SETAGAYA, SETAGAYA], 14)).toEqual(tiles);
  });

  test('stay within the world', () => {
    expect(tilesAt([{ west: -190, south: -90, east: 190, north: 90 }], 1).length).toBe(4);
  });

  test('begin with the furthest zoom', () => {
    const tiles = tilesOf([SETAGAYA], { from: 3, to: 16 });
    expect(tiles[0]?.z).toBe(3);
    expect(tiles.at(-1)?.z).toBe(16);
    expect(new Set(tiles.map(({ z, x, y }) => `${z}/${x}/${y}`)).size).toBe(tiles.length);
  });
});

describe('how near an area is kept', () => {
  test('goes down to streets where that fits', () => {
    const fitting = fittingZooms([SETAGAYA], 20_000);
    expect(fitting?.zooms).toEqual({ from: 3, to: 16 });
    expect(fitting?.tiles).toBe(tilesOf([SETAGAYA], { from: 3, to: 16 }).length);
  });

  test('is less for a whole country, and never more tiles than allowed', () => {
    const fitting = fittingZooms([JAPAN], 2_000);
    expect(fitting?.zooms.to).toBe(9);
    expect(fitting?.tiles).toBeLessThanOrEqual(2_000);
  });

  test('is nothing without an area', () => {
    expect(fittingZooms([], 2_000)).toBeNull();
  });
});

describe('the boxes around accounts', () => {
  const shop = { lon: 139.67, lat: 35.643 };

  test('are one for a cluster and hold all of it with room around', () => {
    const boxes = boxesAround([shop, { lon: 139.671, lat: 35.6432 }, { lon: 135.5, lat: 34.7 }]);
    expect(boxes.length).toBe(2);
    expect(boxes[0]?.west).toBeLessThan(139.665);
    expect(boxes[0]?.east).toBeGreaterThan(139.675);
  });

  test('of many accounts at one place take no more than those of one', () => {
    expect(boxesAround(Array.from({ length: 5_000 }, () => shop))).toEqual(boxesAround([shop]));
  });
});

describe('the estimate', () => {
  test('counts each zoom with its own tiles', () => {
    const zooms = { from: 14, to: 15 };
    const [far, near] = [tilesAt([SETAGAYA], 14).length, tilesAt([SETAGAYA], 15).length];
    const sampled = [{ z: 14, bytes: 1000 }, { z: 14, bytes: 3000 }, { z: 15, bytes: 500 }];
    expect(estimateBytes([SETAGAYA], zooms, sampled)).toBe(far * 2000 + near * 500);
    expect(estimateBytes([SETAGAYA], zooms, sampled.slice(0, 2))).toBe((far + near) * 2000);
  });

  test('samples a few of each zoom, from all over', () => {
    const samples = samplesOf([SETAGAYA], { from: 3, to: 16 }, 3);
    expect(samples.filter(({ z }) => z === 3).length).toBe(1);
    const near = samples.filter(({ z }) => z === 16);
    expect(near.length).toBe(3);
    expect(new Set(near.map(({ y }) => y)).size).toBe(3);
  });
});
