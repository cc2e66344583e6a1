/** Coverage as the server counts it. */
import { listOf, nullable, number, object, oneOf, text, type Parsed } from '../core/parse';

const counts = {
  accounts: number,
  covered: number,
  share: nullable(number),
  overdue: number,
  never_visited: number,
  without_cadence: number,
  visited: number,
  visits: number,
};

export const parseCounts = object(counts);
export const parseOwnerRow = object({ owner_id: nullable(text), ...counts });
export const parsePlaceRow = object({ code: nullable(text), name: nullable(text), prefecture: nullable(text), lon: nullable(number), lat: nullable(number), ...counts });

export const parseCoverage = object({
  as_of: text,
  today: text,
  since: text,
  days: number,
  total: parseCounts,
  owners: listOf(parseOwnerRow),
  municipalities: listOf(parsePlaceRow),
});

export type Counts = Parsed<typeof parseCounts>;
export type OwnerRow = Parsed<typeof parseOwnerRow>;
export type PlaceRow = Parsed<typeof parsePlaceRow>;
export type Coverage = Parsed<typeof parseCoverage>;

export const parsePassOn = object({
  id: text,
  state: oneOf('queued', 'running', 'done', 'failed'),
  done: number,
  total: nullable(number),
  message: nullable(text),
  size_bytes: nullable(number),
});

export type PassOn = Parsed<typeof parsePassOn>;
