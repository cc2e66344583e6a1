/** Pure decisions of the lists: which accounts each segment holds, in which order they stand. */
import { grouped, inOrder, type AccountFilter, type AccountRow } from '../accounts/rules';
import { distanceM } from '../core/position';
import type { Status } from '../core/session';

export const SEGMENTS = ['company', 'person', 'property', 'approach', 'partners', 'contacts'] as const;
export type Segment = (typeof SEGMENTS)[number];

export const SORTS = ['distance', 'due', 'win_prob', 'rank', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** Statuses of those one has yet to win, by their code. */
const APPROACHED = new Set(['prospect', 'approach']);
const PARTNERS = new Set(['customer']);

/** Narrow the shared filter to what a segment holds. */
export function segmentFilter(segment: Segment, filter: AccountFilter, statuses: Pick<Status, 'no' | 'code'>[]): AccountFilter {
  if (segment === 'approach' || segment === 'partners') {
    const codes = segment === 'approach' ? APPROACHED : PARTNERS;
    const own = statuses.filter((status) => codes.has(status.code)).map((status) => status.no);
    const both = filter.status.filter((no) => own.includes(no));
    // No status in common must give an empty list, not all: no status has the number -1.
    return { ...filter, kind: null, status: filter.status.length === 0 ? own : both.length ? both : [-1] };
  }
  return segment === 'contacts' ? filter : { ...filter, kind: segment };
}

interface Point {
  lon: number;
  lat: number;
}

/** How far a row is from here; null where either place is unknown. */
export const distanceFrom = (from: Point | null, { lon, lat }: Pick<AccountRow, 'lon' | 'lat'>): number | null => (from && lon !== null && lat !== null ? distanceM(from, { lon, lat }) : null);

/** Put rows in order; what has no value for the order comes last. Equals by name. Ranks stand as the organisation has them, best first. */
export function sorted(rows: AccountRow[], sort: Sort, from: Point | null, ranks: readonly string[]): AccountRow[] {
  const named = inOrder(rows);
  switch (sort) {
    case 'distance':
      return nearestFirst(named, from);
    case 'due':
      return grouped(named, (row) => row.due_on ?? '9', compareText);
    case 'win_prob':
      return grouped(named, (row) => row.win_prob ?? -1, (a, b) => b - a);
    case 'rank':
      return grouped(named, (row) => placeOfRank(row.rank, ranks), compareText);
    case 'name':
      return named;
  }
}

/** Where a rank stands, as a text: those offered in their order, then those no longer offered, then none; as the server's lists have it. */
function placeOfRank(rank: string | null, ranks: readonly string[]): string {
  if (rank === null) return '2';
  const place = ranks.indexOf(rank);
  return place < 0 ? `1${rank}` : `0${String(place).padStart(3, '0')}`;
}

function nearestFirst(rows: AccountRow[], from: Point | null): AccountRow[] {
  const away = Float64Array.from(rows, (row) => distanceFrom(from, row) ?? Infinity);
  const places = rows.map((_, at) => at).sort((a, b) => (away[a] ?? 0) - (away[b] ?? 0) || a - b);
  return places.flatMap((at) => rows[at] ?? []);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
