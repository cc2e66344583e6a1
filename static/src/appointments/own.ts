/** The person's appointments on this phone, read live. */
import type { Readable } from '../core/signal';
import { live } from '../store/live';
import type { Store } from '../store/store';
import { inOrder, onDay } from './rules';
import type { Appointment } from './wire';

/** Longer than this none is (the server's rule): what began earlier cannot touch the day. */
const LONGEST_MS = 31 * 86_400_000;

/** Those of a day in the order of time, whole days first. */
export async function readAppointmentsOn(store: Store, of: { day: string; timezone: string }): Promise<Appointment[]> {
  const noon = Date.parse(`${of.day}T12:00:00Z`);
  const around = IDBKeyRange.bound(new Date(noon - LONGEST_MS - 2 * 86_400_000).toISOString(), new Date(noon + 2 * 86_400_000).toISOString());
  return onDay(await store.db.getAllFromIndex('appointments', 'by_start', around), of);
}

export const appointmentsOn = (store: Store, of: { day: string; timezone: string }): Readable<Appointment[] | undefined> => live(store, ['appointments'], () => readAppointmentsOn(store, of));

/** Those with an account that are not over. */
export function appointmentsWith(store: Store, account_id: string, now: Date): Readable<Appointment[] | undefined> {
  return live(store, ['appointments'], async () => {
    const all = await store.db.getAllFromIndex('appointments', 'by_account', account_id);
    return inOrder(all.filter(({ time }) => Date.parse(time.ends_at) >= now.getTime())).sort((a, b) => (a.time.starts_at < b.time.starts_at ? -1 : 1));
  });
}
