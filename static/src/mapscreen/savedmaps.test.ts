import { describe, expect, test } from 'vitest';
import { NO_FILTER } from '../accounts/rules';
import { changesOf, isShown, ownMaps, READY_MADE, removeMap, restoreMap, saveMap } from './savedmaps';

describe('saved maps', () => {
  test('hold only what differs from no filter, never the search text', () => {
    expect(changesOf({ ...NO_FILTER, q: 'さくら', status: [3], overdue: true })).toEqual({ status: [3], overdue: true });
    expect(changesOf(NO_FILTER)).toEqual({});
  });

  test('the one on the screen is recognised, whatever the order of its fields', () => {
    const rounds = READY_MADE[2];
    expect(isShown(rounds, { colourBy: 'days', filter: { ...NO_FILTER, overdue: true } })).toBe(true);
    expect(isShown(rounds, { colourBy: 'status', filter: { ...NO_FILTER, overdue: true } })).toBe(false);
    expect(isShown({ colourBy: 'win', filter: { win_min: 50, rank: 'A' } }, { colourBy: 'win', filter: { ...NO_FILTER, rank: 'A', win_min: 50 } })).toBe(true);
  });

  test('can be saved, removed and brought back', () => {
    const map = saveMap('A ランクの商談', { colourBy: 'rank', filter: { ...NO_FILTER, rank: 'A', status: [3] } });
    expect(ownMaps.get()).toEqual([map]);
    removeMap(map.id);
    expect(ownMaps.get()).toEqual([]);
    restoreMap(map);
    restoreMap(map);
    expect(ownMaps.get()).toEqual([map]);
  });
});
