/** Whom one could visit today: of all the person's accounts those that are due or promised, the most valuable first. */
import { daysBetween, isOverdue, type AccountRow } from '../accounts/rules';
import { dayIn } from '../core/time';
import { distanceM } from '../core/position';
import { valueOf, type Measure } from './value';

/** As many as a phone plans in well under a second. */
export const MOST_CANDIDATES = 60;
/** Who is due within this many days may be seen a little early. */
const EARLY_DAYS = 7;
/** A kilometre away takes this much from the worth when it is decided who is looked at at all. */
const WORTH_PER_KM = 0.5;

export interface Asker {
  user_id: string;
  team_ids: readonly string[];
  timezone: string;
  measure: Measure;
  /** Where the day begins, as far as known. */
  near: { lon: number; lat: number } | null;
}

/** Return the ids of those worth looking at, the best first. */
export function candidatesAmong(rows: readonly AccountRow[], asker: Asker, without: ReadonlySet<string>): string[] {
  const { measure, near } = asker;
  const rated: { id: string; rate: number }[] = [];
  for (const row of rows) {
    if (without.has(row.id) || !isTheirs(row, asker) || !isDue(row, measure.on)) continue;
    const visited_on = row.last_visit_at && dayIn(asker.timezone, row.last_visit_at);
    if (visited_on === measure.on) continue;
    const away_km = near && row.lon !== null && row.lat !== null ? distanceM(near, { lon: row.lon, lat: row.lat }) / 1_000 : 0;
    rated.push({ id: row.id, rate: roughValue(row, visited_on, measure) - away_km * WORTH_PER_KM });
  }
  return rated.sort((a, b) => b.rate - a.rate || (a.id < b.id ? -1 : 1)).slice(0, MOST_CANDIDATES).map(({ id }) => id);
}

/** A list's row does not know the cadence: overdue is measured by the usual one. */
const roughValue = (row: AccountRow, visited_on: string | null, measure: Measure): number =>
  valueOf({ win_prob: row.win_prob, rank: row.rank, cadence_days: row.due_on ? 30 : null, due_on: row.due_on, visited_on, created_on: '2000-01-01', promised_on: row.next_action_on }, measure).value;

const isTheirs = (row: AccountRow, { user_id, team_ids }: Asker): boolean => row.owner_id === user_id || (row.owner_id === null && row.team_id !== null && team_ids.includes(row.team_id));

/** Overdue, promised, soon due, or never seen. */
function isDue(row: AccountRow, today: string): boolean {
  if (isOverdue(row.due_on, today) || row.last_visit_at === null) return true;
  const soon = (day: string | null) => day !== null && daysBetween(today, day) <= EARLY_DAYS;
  return soon(row.due_on) || soon(row.next_action_on);
}
