import { describe, expect, test } from 'vitest';
import { clusterAccounts, clusterRadius, zoomStep, type Placed } from './clusters';
import { mercatorX, mercatorY, WORLD_PX } from './projection';

const JAPAN = { west: 122, south: 20, east: 154, north: 46 };

function scatter(n: number): Placed[] {
  let seed = 11;
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  return Array.from({ length: n }, (_, i) => ({ id: `a${i}`, lon: 139.5 + next() * 0.5, lat: 35.5 + next() * 0.4 }));
}

describe('clusters', () => {
  test('every account in view is in exactly one cluster', () => {
    const accounts = scatter(5000);
    for (const zoom of [4, 9, 12.5, 15, 18]) {
      const ids = clusterAccounts(accounts, { bounds: JAPAN, zoom }).flatMap((cluster) => cluster.members.map((member) => member.id));
      expect(ids).toHaveLength(5000);
      expect(new Set(ids).size).toBe(5000);
    }
  });

  test('what lies outside the view or has no position is left out', () => {
    const accounts = [{ id: 'in', lon: 139.7, lat: 35.6 }, { id: 'out', lon: 130, lat: 33 }, { id: 'nowhere', lon: null, lat: null }];
    const found = clusterAccounts(accounts, { bounds: { west: 139, south: 35, east: 140, north: 36 }, zoom: 12 });
    expect(found.flatMap((cluster) => cluster.members.map((member) => member.id))).toEqual(['in']);
  });

  test('accounts at one point stay together at every zoom; two streets apart they part', () => {
    const accounts = [{ id: 'a', lon: 139.7, lat: 35.6 }, { id: 'b', lon: 139.7, lat: 35.6 }, { id: 'c', lon: 139.702, lat: 35.6 }];
    expect(clusterAccounts(accounts, { bounds: JAPAN, zoom: 8 })).toHaveLength(1);
    const near = clusterAccounts(accounts, { bounds: JAPAN, zoom: 18 });
    expect(near.map((cluster) => cluster.members.length)).toEqual([2, 1]);
    expect(near[0]?.lon).toBeCloseTo(139.7, 9);
    expect(near[0]?.lat).toBeCloseTo(35.6, 9);
  });

  test('two neighbours on either side of a grid line are one cluster', () => {
    const zoom = 10;
    const size = clusterRadius(zoom) / (WORLD_PX * 2 ** zoom);
    const line = (Math.floor(mercatorX(139.7) / size) + 1) * size * 360 - 180;
    const accounts = [{ id: 'left', lon: line - 1e-4, lat: 35.6 }, { id: 'right', lon: line + 1e-4, lat: 35.6 }];
    expect(clusterAccounts(accounts, { bounds: JAPAN, zoom })).toHaveLength(1);
  });

  test('panning moves no account from one cluster to another far from the edge', () => {
    const accounts = scatter(3000);
    const groups = (bounds: typeof JAPAN) =>
      new Set(
        clusterAccounts(accounts, { bounds, zoom: 13 })
          .filter((cluster) => Math.abs(cluster.lon - 139.75) < 0.05 && Math.abs(cluster.lat - 35.7) < 0.05)
          .map((cluster) => cluster.members.map((member) => member.id).sort().join()),
      );
    expect(groups({ west: 139.6, south: 35.6, east: 139.9, north: 35.8 })).toEqual(groups({ west: 139.62, south: 35.58, east: 139.92, north: 35.82 }));
  });

  test('20,000 accounts take well under the 100 ms that a person notices', () => {
    const accounts = scatter(20_000);
    const times = Array.from({ length: 15 }, (_, i) => {
      const start = performance.now();
      clusterAccounts(accounts, { bounds: JAPAN, zoom: 5 + i * 0.7 });
      return performance.now() - start;
    }).sort((a, b) => a - b);
    // The fastest: a busy machine says nothing about the work itself.
    expect(times[0]).toBeLessThan(40);
  });

  test('the grid changes at half zooms', () => {
    expect([9, 9.49, 9.5, 9.99].map(zoomStep)).toEqual([9, 9, 9.5, 9.5]);
    expect(mercatorY(0)).toBeCloseTo(0.5, 12);
  });
});
