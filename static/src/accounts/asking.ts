/** A filter as the server is asked, and how much of it is set: for the screens that show it, not for every start. */
import type { CoverageFilter } from './covered';
import type { AccountFilter, Viewpoint } from './rules';

/** How many filters are set, the search text aside. */
export function countActive(filter: AccountFilter): number {
  return [
    filter.status.length > 0,
    filter.owner !== 'all',
    filter.overdue,
    filter.never_visited,
    filter.win_min > 0 || filter.win_max < 100,
    filter.tag !== null,
    filter.kind !== null,
    filter.rank !== null,
    ...[filter.person, filter.place, filter.visited_days, filter.covered_days].map((one) => one !== null),
  ].filter(Boolean).length;
}

/** The filter as the server's query parameters (lists, tiles and exports share them). */
export function toQuery(filter: AccountFilter, who: Viewpoint): URLSearchParams {
  const query = new URLSearchParams();
  for (const status of filter.status) query.append('status', String(status));
  if (filter.q.trim()) query.set('q', filter.q.trim());
  if (filter.owner === 'me') query.set('owner', 'me');
  if (filter.owner === 'team') for (const team of who.team_ids) query.append('team', team);
  if (filter.overdue) query.set('overdue', '1');
  if (filter.never_visited) query.set('never_visited', '1');
  if (filter.win_min > 0) query.set('win_min', String(filter.win_min));
  if (filter.win_max < 100) query.set('win_max', String(filter.win_max));
  if (filter.tag) query.set('tag', filter.tag);
  if (filter.kind) query.set('kind', filter.kind);
  if (filter.rank) query.set('rank', filter.rank);
  addCoverage(query, filter);
  return query;
}

function addCoverage(query: URLSearchParams, filter: CoverageFilter): void {
  if (filter.person !== null) query.set('owner', filter.person);
  if (filter.place) query.set('municipality', filter.place.code);
  if (filter.visited_days !== null) query.set('visited_within_days', String(filter.visited_days));
  if (filter.covered_days !== null) query.set('covered_within_days', String(filter.covered_days));
}
