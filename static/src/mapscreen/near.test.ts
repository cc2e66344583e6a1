import { expect, test } from 'vitest';
import { accountHere, accountsWithin, countWithin } from './near';

const at = (id: string, lon: number | null, lat: number | null) => ({ id, lon, lat });
const here = { lon: 139.7, lat: 35.69 };
/** Metres to degrees of latitude. */
const north = (metres: number) => here.lat + metres / 111_195;

test('one can check in at the nearest account within 100 m, at none beyond', () => {
  expect(accountHere([at('far', here.lon, north(101)), at('near', here.lon, north(99)), at('nearest', here.lon, north(-20))], here)?.id).toBe('nearest');
  expect(accountHere([at('far', here.lon, north(101)), at('nowhere', null, null)], here)).toBeNull();
});

test('the accounts in a box come nearest to its middle first', () => {
  const box = { west: 139, south: 35, east: 140, north: 36 };
  const found = accountsWithin([at('corner', 139.01, 35.01), at('middle', 139.5, 35.5), at('outside', 141, 35.5), at('nowhere', null, null)], box);
  expect(found.map((account) => account.id)).toEqual(['middle', 'corner']);
  expect(countWithin([at('middle', 139.5, 35.5), at('outside', 141, 35.5), at('nowhere', null, null)], box)).toBe(1);
});
