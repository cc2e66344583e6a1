/** Today's stops: the accounts to see, in order. Kept on this phone, for one day. */
import type { Readable } from '../core/signal';
import { live } from '../store/live';
import type { Stop } from '../store/schema';
import type { Store } from '../store/store';

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

export async function removeStop(store: Store, account_id: string, day: string): Promise<void> {
  const present = await listStops(store, day);
  await replaceStops(store, day, present.map((stop) => stop.account_id).filter((id) => id !== account_id));
}

/** Set the day's stops in this order. */
export async function replaceStops(store: Store, day: string, account_ids: string[]): Promise<void> {
  const tx = store.db.transaction('stops', 'readwrite');
  await tx.store.clear();
  for (const [position, account_id] of account_ids.entries()) await tx.store.put({ account_id, day, position });
  await tx.done;
  store.announce({ stores: ['stops'], account_ids: [] });
}

interface Point {
  lon: number;
  lat: number;
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
