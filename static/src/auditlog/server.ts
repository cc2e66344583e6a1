/** The audit log is on the server only, and told there in words. */
import { request } from '../core/http';
import { listOf, nullable, object, text, type Parsed } from '../core/parse';
import { queryOf, type AuditFilter } from './rules';

const parseChange = object({ field: text, label: text, before: nullable(text), after: nullable(text) });
const parseEntry = object({
  id: text,
  at: text,
  recorded_at: nullable(text),
  by_name: text,
  action: text,
  action_name: text,
  entity_name: text,
  subject: nullable(text),
  account_id: nullable(text),
  account_name: nullable(text),
  changes: listOf(parseChange),
});
const parsePage = object({ items: listOf(parseEntry), next_cursor: nullable(text), searched_to: nullable(text) });
const parseChoice = object({ value: text, text });
const parseChoices = object({ actions: listOf(parseChoice), kinds: listOf(parseChoice) });

export type AuditEntry = Parsed<typeof parseEntry>;
export type AuditPage = Parsed<typeof parsePage>;
export type AuditChoices = Parsed<typeof parseChoices>;

/** Looking through a large log for a word takes its time. */
const SEARCH_MS = 60_000;

export const fetchChoices = (): Promise<AuditChoices> => request('GET', '/api/audit/choices', parseChoices);
export const fetchPage = (filter: AuditFilter, cursor: string | null): Promise<AuditPage> =>
  request('GET', `/api/audit?${queryOf(filter, cursor)}`, parsePage, { timeoutMs: SEARCH_MS });
export const exportFile = (filter: AuditFilter, kind: 'csv' | 'xlsx'): string => `/api/audit/export.${kind}?${queryOf(filter, null)}`;
