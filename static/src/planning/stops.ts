/** Today's stops: the accounts to see, in order. Kept on this phone, for one day. */
import { distanceM } from '../core/position';
import type { Readable } from '../core/signal';
import { live } from '../store/live';
import type { Stop } from '../store/schema';
import type { Store } from '../store/store';

interface Point {
  lon: number;
  lat: number;
}

export function stopsOf(store: Store, day: string): Readable<Stop[] | undefined> {
  return live(store, ['stops'], () => listStops(store, day));
}

export async function listStops(store: Store, day: string): Promise<Stop[]> {
  const stops = await store.db.getAll('stops');
  return stops.filter((stop) => stop.day === day).sort((a, b) => a.position - b.position);
}

/** Add an account at the end of the day's stops; one already there stays where it is. Stops of other days are dropped. */
export async function addStop(store: Store, account_id: string, day: string): Promise<void> {
  const present = await listStops(store, day);
  if (present.some((stop) => stop.account_id === account_id)) return;
  await replaceStops(store, day, [...present.map((stop) => stop.account_id), account_id]);
}

/** More stops than this are no day's route. */
export const MAX_STOPS = 40;

interface Placed {
  id: string;
  lon: number | null;
  lat: number | null;
}

/** Add several accounts behind the day's stops, each the nearest to the one before. Returns the ids of those that were not there yet. */
export async function addStops(store: Store, accounts: readonly Placed[], options: { day: string; from: Point | null }): Promise<string[]> {
  const present = (await listStops(store, options.day)).map((stop) => stop.account_id);
  const added = nearestNext(accounts.filter(({ id }) => !present.includes(id)), options.from);
  if (added.length) await replaceStops(store, options.day, [...present, ...added]);
  return added;
}

/** A short way through the places, from where one is: always on to the nearest. Those without a place come last. */
export function nearestNext(accounts: readonly Placed[], from: Point | null): string[] {
  const left = accounts.flatMap(({ id, lon, lat }) => (lon === null || lat === null ? [] : [{ id, lon, lat }]));
  const order: string[] = [];
  let here = from ?? left[0];
  while (here && left.length) {
    const away_m = left.map((place) => distanceM(here ?? place, place));
    const [next] = left.splice(away_m.indexOf(Math.min(...away_m)), 1);
    if (next) order.push(next.id);
    here = next;
  }
  return [...order, ...accounts.filter(({ lon, lat }) => lon === null || lat === null).map(({ id }) => id)];
}

export async function removeStops(store: Store, account_ids: readonly string[], day: string): Promise<void> {
  const present = await listStops(store, day);
  await replaceStops(store, day, present.map((stop) => stop.account_id).filter((id) => !account_ids.includes(id)));
}

export const removeStop = (store: Store, account_id: string, day: string): Promise<void> => removeStops(store, [account_id], day);

/** Set the day's stops in this order. */
export async function replaceStops(store: Store, day: string, account_ids: string[]): Promise<void> {
  const tx = store.db.transaction('stops', 'readwrite');
  await tx.store.clear();
  for (const [position, account_id] of account_ids.entries()) await tx.store.put({ account_id, day, position });
  await tx.done;
  store.announce({ stores: ['stops'], account_ids: [] });
}

/** Google Maps takes nine places between start and end. */
export const MAX_WAYPOINTS = 9;

/** A link that opens the stops in Google Maps, from where the phone is, in this order. */
export function routeLink(points: Point[]): string {
  const text = ({ lat, lon }: Point) => `${lat.toFixed(6)},${lon.toFixed(6)}`;
  const usable = points.slice(0, MAX_WAYPOINTS + 1);
  const destination = usable.at(-1);
  if (!destination) return '';
  const query = new URLSearchParams({ api: '1', travelmode: 'driving', destination: text(destination) });
  const between = usable.slice(0, -1).map(text).join('|');
  if (between) query.set('waypoints', between);
  return `https://www.google.com/maps/dir/?${query}`;
}
