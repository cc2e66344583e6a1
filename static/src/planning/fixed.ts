/** Appointments as a plan has to keep them: at an account a visit at its hour, anywhere else the person is taken. */
import { readAppointmentsOn } from '../appointments/own';
import { DAY_S } from './problem';
import type { Fixed } from './dayproblem';
import { secondsInto } from './dayroute';
import type { Store } from '../store/store';

/** What is still to come of the day's appointments; those of whole days take no hours. */
export async function fixedOn(store: Store, { day, timezone, now }: { day: string; timezone: string; now: Date }): Promise<Fixed[]> {
  const appointments = (await readAppointmentsOn(store, { day, timezone })).filter(({ time }) => !time.is_all_day);
  const now_s = secondsInto(timezone, day, now.getTime());
  const visits = new Map<string, Fixed>();
  const taken: Fixed[] = [];
  for (const { account_id, time } of appointments) {
    const from_s = Math.max(0, secondsInto(timezone, day, time.starts_at));
    const to_s = Math.min(DAY_S, secondsInto(timezone, day, time.ends_at));
    const account = account_id === null ? undefined : await store.db.get('accounts', account_id);
    if (account && account.lon !== null && !account.deleted_at && !visits.has(account.id)) {
      // Begun already: the visit itself says when it is over.
      if (from_s >= now_s) visits.set(account.id, { account_id: account.id, from_s, to_s });
    } else if (to_s > now_s) {
      taken.push({ account_id: null, from_s: Math.max(from_s, now_s), to_s });
    }
  }
  return [...visits.values(), ...joined(taken)];
}

/** Two that overlap take the person once. */
function joined(taken: readonly Fixed[]): Fixed[] {
  const all: Fixed[] = [];
  for (const next of [...taken].sort((a, b) => a.from_s - b.from_s)) {
    const last = all.at(-1);
    if (last && next.from_s <= last.to_s) all[all.length - 1] = { ...last, to_s: Math.max(last.to_s, next.to_s) };
    else all.push(next);
  }
  return all;
}
