/** Which account the user stands at. Pure. */
import { distanceM } from '../core/position';

/** Within this distance one may check in. */
export const CHECK_IN_M = 100;
/** A degree of latitude; nearer than this in both axes is worth the exact sum. */
const ROUGH_DEGREES = 0.003;

interface Placed {
  id: string;
  lon: number | null;
  lat: number | null;
}

/** The nearest account within 100 m, or null. */
export function accountHere<T extends Placed>(accounts: readonly T[], at: { lon: number; lat: number }): T | null {
  let best: { account: T; away_m: number } | null = null;
  for (const account of accounts) {
    const { lon, lat } = account;
    if (lon === null || lat === null || Math.abs(lat - at.lat) > ROUGH_DEGREES || Math.abs(lon - at.lon) > ROUGH_DEGREES) continue;
    const away_m = distanceM(at, { lon, lat });
    if (away_m <= CHECK_IN_M && (!best || away_m < best.away_m)) best = { account, away_m };
  }
  return best?.account ?? null;
}

interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

const isWithin = ({ lon, lat }: Placed, box: Box): boolean => lon !== null && lat !== null && lon >= box.west && lon <= box.east && lat >= box.south && lat <= box.north;

/** How many accounts are within a box: asked at every filter change, so without sorting them. */
export function countWithin(accounts: readonly Placed[], box: Box): number {
  return accounts.reduce((n, account) => n + (isWithin(account, box) ? 1 : 0), 0);
}

/** The accounts within a box, nearest to its middle first. */
export function accountsWithin<T extends Placed>(accounts: readonly T[], box: Box): T[] {
  const middle = { lon: (box.west + box.east) / 2, lat: (box.south + box.north) / 2 };
  const away = ({ lon, lat }: T) => ((lon ?? 0) - middle.lon) ** 2 + ((lat ?? 0) - middle.lat) ** 2;
  return accounts.filter((account) => isWithin(account, box)).sort((a, b) => away(a) - away(b));
}
