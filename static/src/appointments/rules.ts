/** Pure decisions about appointments: local hours as instants and back, whole days, which fall on a day. */
import { addDays } from '../accounts/rules';
import { dayIn } from '../core/time';
import type { Appointment, Times } from './wire';

/** What the form asks for: days and hours where the organisation lives. */
export interface Slot {
  day: string;
  from: string;
  until: string;
  is_all_day: boolean;
  /** The last day, where it is of whole days. */
  last_day: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** As the server writes moments. */
const wire = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

/** 14:30 of an instant in a time zone. */
export function hourIn(timezone: string, at: string | Date): string {
  // Swedish writes hours as ISO does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

/** The instant of a local day and hour. Where a clock change leaves the hour out, it is the one after; where it comes twice, the first. */
export function instantIn(timezone: string, day: string, hour: string): string {
  const wanted = Date.parse(`${day}T${hour}:00Z`);
  const aheadAt = (at: number): number => Date.parse(`${dayIn(timezone, new Date(at))}T${hourIn(timezone, new Date(at))}:00Z`) - at;
  const candidates = [wanted - aheadAt(wanted - 24 * HOUR_MS), wanted - aheadAt(wanted + 24 * HOUR_MS)].sort((a, b) => a - b);
  const exact = candidates.find((at) => at + aheadAt(at) === wanted);
  return wire(exact ?? Math.max(...candidates));
}

/** The times that the form means; an hour until that is not after the hour from is of the next day. */
export function timesOf(slot: Slot, timezone: string): Times {
  if (slot.is_all_day) {
    const last = slot.last_day < slot.day ? slot.day : slot.last_day;
    return { starts_at: instantIn(timezone, slot.day, '00:00'), ends_at: instantIn(timezone, addDays(last, 1), '00:00'), is_all_day: true };
  }
  const end_day = slot.until < slot.from ? addDays(slot.day, 1) : slot.day;
  return { starts_at: instantIn(timezone, slot.day, slot.from), ends_at: instantIn(timezone, end_day, slot.until), is_all_day: false };
}

/** The form for what is there. */
export function slotOf({ starts_at, ends_at, is_all_day }: Times, timezone: string): Slot {
  const day = dayIn(timezone, starts_at);
  const last = dayIn(timezone, new Date(Date.parse(ends_at) - 1));
  if (is_all_day) return { day, from: '10:00', until: '11:00', is_all_day, last_day: last < day ? day : last };
  return { day, from: hourIn(timezone, starts_at), until: hourIn(timezone, ends_at), is_all_day, last_day: day };
}

const LONG_MS = 24 * HOUR_MS;

/** Whether the form, which knows hours of one day, can say these times: else they are shown, and left as they are. */
export const fitsForm = ({ starts_at, ends_at, is_all_day }: Times): boolean => is_all_day || Date.parse(ends_at) - Date.parse(starts_at) < LONG_MS;

/** A new one begins: at the next full hour of today, in the morning of another day. */
export function newSlot(day: string, now: { day: string; hour: string }): Slot {
  const next = Number(now.hour.slice(0, 2)) + 1;
  const from = day === now.day && next >= 8 && next <= 20 ? next : 10;
  const hour = (n: number): string => `${String(n).padStart(2, '0')}:00`;
  return { day, from: hour(from), until: hour(from + 1), is_all_day: false, last_day: day };
}

/** Those that touch a day, whole days first, then by their beginning. */
export function onDay(appointments: Appointment[], { day, timezone }: { day: string; timezone: string }): Appointment[] {
  const begin = instantIn(timezone, day, '00:00');
  const end = instantIn(timezone, addDays(day, 1), '00:00');
  return inOrder(appointments.filter(({ time }) => time.starts_at < end && (time.ends_at > begin || time.starts_at >= begin)));
}

export function inOrder(appointments: Appointment[]): Appointment[] {
  const key = ({ time, id }: Appointment): string => `${time.is_all_day ? 0 : 1}${time.starts_at}${id}`;
  return [...appointments].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const ADDRESS = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/;

/** The mail addresses that were typed, parted by commas, semicolons or new lines; `bad` is the first that is none. */
export function addressesIn(typed: string): { found: string[]; bad: string | null } {
  const parts = typed.normalize('NFKC').split(/[\s,;、]+/).filter(Boolean);
  return { found: [...new Set(parts)], bad: parts.find((part) => !ADDRESS.test(part)) ?? null };
}
