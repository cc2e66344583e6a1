/** Where the phone is, asked only when the user presses something that needs it. Nothing is recorded here. */
import { writable, type Readable } from './signal';

export interface Fix {
  lon: number;
  lat: number;
  accuracy_m: number;
  at: number;
}

export type PositionProblem = 'denied' | 'unavailable' | 'timeout';

const last = writable<Fix | null>(null);

/** The last place the phone told us; distances in lists are measured from it. */
export const lastFix: Readable<Fix | null> = last;

const PROBLEMS: Record<number, PositionProblem> = { 1: 'denied', 2: 'unavailable', 3: 'timeout' };

/** Ask the phone where it is. Rejects with a PositionProblem. */
export function locate(): Promise<Fix> {
  return new Promise((resolve, reject: (problem: PositionProblem) => void) => {
    if (!('geolocation' in navigator)) {
      reject('unavailable');
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => {
        const fix = { lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy), at: timestamp };
        last.set(fix);
        resolve(fix);
      },
      (error) => reject(PROBLEMS[error.code] ?? 'unavailable'),
      { enableHighAccuracy: true, timeout: 12_000, maximumAge: 15_000 },
    );
  });
}

/** Follow the phone for as long as a screen shows where it is: `lastFix` keeps up with it. Returns how to stop. */
export function followPosition(onproblem: (problem: PositionProblem) => void): () => void {
  if (!('geolocation' in navigator)) {
    onproblem('unavailable');
    return () => undefined;
  }
  const watch = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => last.set({ lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy), at: timestamp }),
    (error) => onproblem(PROBLEMS[error.code] ?? 'unavailable'),
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 5_000 },
  );
  return () => navigator.geolocation.clearWatch(watch);
}

/** Whether the user has already allowed positions, so that asking opens no dialog. */
export async function isPositionAllowed(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: 'geolocation' });
    return status.state === 'granted';
  } catch {
    // Older Safari cannot tell; then we ask only on a press.
    return false;
  }
}

const EARTH_RADIUS_M = 6_371_008.8;

/** Great-circle distance in metres. */
export function distanceM(from: { lon: number; lat: number }, to: { lon: number; lat: number }): number {
  const rad = Math.PI / 180;
  const sinLat = Math.sin(((to.lat - from.lat) * rad) / 2);
  const sinLon = Math.sin(((to.lon - from.lon) * rad) / 2);
  const a = sinLat * sinLat + Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * sinLon * sinLon;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(a)));
}
