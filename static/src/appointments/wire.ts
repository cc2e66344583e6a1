/** Appointments as they come over the wire, and how they are read. */
import { flag, listOf, nullable, number, object, optional, text, type Parsed } from '../core/parse';

/** When it is, as a whole: of two people's (or phones') edits one stands, never halves of both. */
export const parseTimes = object({ starts_at: text, ends_at: text, is_all_day: optional(flag, false) });

export const parseAppointment = object({
  id: text,
  account_id: nullable(text),
  owner_id: text,
  title: text,
  time: parseTimes,
  /** Where it is, where that is not the account's own place. */
  place: nullable(object({ name: nullable(text), lon: nullable(number), lat: nullable(number) })),
  invitees: optional(listOf(text), []),
  version: optional(number, 0),
  change_seq: optional(number, 0),
});

export type Appointment = Parsed<typeof parseAppointment>;
export type Times = Parsed<typeof parseTimes>;
