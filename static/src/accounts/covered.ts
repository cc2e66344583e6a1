/** The filters that coverage opens: whose accounts, in which municipality, visited or covered. The same rule as the server's. */
import { startOfDay } from '../core/day';
import type { AccountRow, Viewpoint } from './rules';

/** Stands where an account has no owner, or no municipality that we know. */
export const NONE = 'none';

export interface CoverageFilter {
  /** An owner's id. */
  person: string | null;
  /** A municipality by its national code, with its name for the chip that shows it. */
  place: { code: string; name: string } | null;
  /** Visited in the last so many days. */
  visited_days: number | null;
  /** Visited within their cadence; without a cadence, in the last so many days. */
  covered_days: number | null;
}

export const NO_COVERAGE: CoverageFilter = { person: null, place: null, visited_days: null, covered_days: null };

/** The first moment of a period: of the day that is so many days before today. */
export const visitedSince = (who: Viewpoint, days: number): number => startOfDay(who.timezone, who.today, days);

type Visited = Pick<AccountRow, 'last_visit_at' | 'due_on'>;

/** Whether the last visit is no longer ago than the cadence, or than `since` where there is none. */
export function isCovered({ last_visit_at, due_on }: Visited, of: { today: string; since: number }): boolean {
  if (last_visit_at === null) return false;
  return due_on === null ? Date.parse(last_visit_at) >= of.since : due_on >= of.today;
}

/** A test of the coverage filters alone; made once, asked of every row. */
export function coverageMatcher(filter: CoverageFilter, who: Viewpoint): (row: AccountRow) => boolean {
  const visited_since = filter.visited_days === null ? null : visitedSince(who, filter.visited_days);
  const covered = filter.covered_days === null ? null : { today: who.today, since: visitedSince(who, filter.covered_days) };
  const orNull = (value: string) => (value === NONE ? null : value);
  return (row) => {
    if (filter.person !== null && row.owner_id !== orNull(filter.person)) return false;
    if (filter.place && row.municipality !== orNull(filter.place.code)) return false;
    if (visited_since !== null && (row.last_visit_at === null || Date.parse(row.last_visit_at) < visited_since)) return false;
    return covered === null || isCovered(row, covered);
  };
}
