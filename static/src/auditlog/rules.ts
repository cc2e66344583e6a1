/** What of the audit log is looked at, and how its entries are laid out. Pure. */

export interface AuditFilter {
  q: string;
  user: string;
  action: string;
  entity: string;
  /** Days of the organisation, both included. */
  since: string;
  until: string;
}

export const EVERYTHING: AuditFilter = { q: '', user: '', action: '', entity: '', since: '', until: '' };

/** How many conditions besides the text are set. */
export const countOf = (filter: AuditFilter): number => [filter.user, filter.action, filter.entity, filter.since || filter.until].filter(Boolean).length;

/** As the server takes it. */
export function queryOf(filter: AuditFilter, cursor: string | null): string {
  const given = Object.entries({ ...filter, q: filter.q.trim(), cursor: cursor ?? '' }).filter(([, value]) => value !== '');
  return new URLSearchParams(given).toString();
}

export interface Day<T> {
  day: string;
  entries: T[];
}

/** Entries by the day they were made on, in the order they come in. */
export function byDay<T extends { at: string }>(entries: readonly T[], dayOf: (at: string) => string): Day<T>[] {
  const days: Day<T>[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

/** What an entry is about: the kind of thing, and its name or that of the account it hangs on. */
export const titleOf = (entry: { entity_name: string; subject: string | null; account_name: string | null }): string =>
  [entry.entity_name, entry.subject ?? entry.account_name].filter(Boolean).join(' ');

/** What took something away, or was refused. */
const GRAVE = new Set(['delete', 'erase', 'sign_in_failed', 'sign_in_throttled', 'ask_wipe', 'wiped', 'undo']);
export const toneOf = (action: string): '' | 'warn' => (GRAVE.has(action) ? 'warn' : '');

/** A device's own time is worth telling where the entry came in much later. */
const NOTABLE_MS = 120_000;
export const cameLater = (entry: { at: string; recorded_at: string | null }): boolean =>
  entry.recorded_at !== null && Math.abs(Date.parse(entry.at) - Date.parse(entry.recorded_at)) >= NOTABLE_MS;

/** Enough of a search was found to be shown, or so much looked through that the person should say whether to go on. */
const ENOUGH = 20;
const MOST_ROUNDS = 10;
export const goesOn = (found: number, rounds: number, cursor: string | null): boolean => cursor !== null && found < ENOUGH && rounds < MOST_ROUNDS;
