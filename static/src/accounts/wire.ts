/** Accounts and contacts as they come over the wire, and how they are read. */
import { anything, listOf, mapOf, nullable, number, object, oneOf, optional, text, type Parsed, type Parser } from '../core/parse';

export const KINDS = ['company', 'person', 'property'] as const;
export const PRECISIONS = ['none', 'prefecture', 'municipality', 'postal', 'town', 'block', 'exact'] as const;
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const phone = object({ number: text, label: optional(text, '') });

const span: Parser<[string, string]> = (value, path) => {
  const pair = listOf(text)(value, path);
  return [pair[0] ?? '', pair[1] ?? ''];
};

export const parseHours = mapOf(listOf(span));

/** How each field of an account is read. */
export const ACCOUNT_FIELDS = {
  id: text,
  kind: oneOf(...KINDS),
  name: text,
  name_kana: nullable(text),
  external_id: nullable(text),
  postal_code: nullable(text),
  prefecture: nullable(text),
  municipality: nullable(text),
  municipality_code: nullable(text),
  address: nullable(text),
  building: nullable(text),
  phones: optional(listOf(phone), []),
  phone_display: nullable(text),
  email: nullable(text),
  web: nullable(text),
  status: number,
  win_prob: nullable(number),
  win_prob_by: nullable(text),
  win_prob_at: nullable(text),
  rank: nullable(text),
  owner_id: nullable(text),
  team_id: nullable(text),
  tags: optional(listOf(text), []),
  cadence_days: nullable(number),
  opening_hours: nullable(parseHours),
  notes: nullable(text),
  custom: optional(mapOf(anything), {}),
  lon: nullable(number),
  lat: nullable(number),
  precision: optional(oneOf(...PRECISIONS), 'none'),
  geo_source: nullable(text),
  geo_at: nullable(text),
  geo_flags: optional(listOf(text), []),
  geo_matched: nullable(text),
  last_visit_at: nullable(text),
  last_outcome: nullable(number),
  last_contact_at: nullable(text),
  due_on: nullable(text),
  next_action_on: nullable(text),
  next_action: nullable(text),
  version: optional(number, 0),
  change_seq: optional(number, 0),
  created_at: optional(text, ''),
  created_by: nullable(text),
  updated_at: optional(text, ''),
  deleted_at: nullable(text),
};

export const parseAccount = object(ACCOUNT_FIELDS);

export type Account = Parsed<typeof parseAccount>;
export type Kind = Account['kind'];
export type Precision = Account['precision'];

export const parseContact = object({
  id: text,
  account_id: text,
  name: text,
  name_kana: nullable(text),
  title: nullable(text),
  department: nullable(text),
  phones: optional(listOf(phone), []),
  email: nullable(text),
  notes: nullable(text),
  version: optional(number, 0),
  change_seq: optional(number, 0),
});

export type Contact = Parsed<typeof parseContact>;

export const parseHistoryEntry = object({
  at: text,
  /** When it was done, where that was offline and before it arrived. */
  recorded_at: nullable(text),
  by: nullable(text),
  action: text,
  changes: optional(mapOf(anything), {}),
});

export type HistoryEntry = Parsed<typeof parseHistoryEntry>;

export const parsePage = <T>(item: Parser<T>) => object({ items: listOf(item), next_cursor: nullable(text), total: nullable(number) });

