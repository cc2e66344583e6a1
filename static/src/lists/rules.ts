/** Pure decisions of the lists: which accounts each segment holds, in which order they stand. */
import type { AccountFilter, AccountRow } from '../accounts/rules';
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

export interface Placed {
  row: AccountRow;
  id: string;
  distance_m: number | null;
}

interface Point {
  lon: number;
  lat: number;
}

/** Put rows in order; what has no value for the order comes last. */
export function sorted(rows: AccountRow[], sort: Sort, from: Point | null): Placed[] {
  const placed = rows.map((row) => ({
    row,
    id: row.id,
    distance_m: from && row.lon !== null && row.lat !== null ? distanceM(from, { lon: row.lon, lat: row.lat }) : null,
  }));
  return placed.sort((a, b) => compare(a, b, sort) || compareText(a.row.order, b.row.order) || compareText(a.id, b.id));
}

function compare(a: Placed, b: Placed, sort: Sort): number {
  switch (sort) {
    case 'distance':
      return compareNumber(a.distance_m, b.distance_m);
    case 'due':
      return compareText(a.row.due_on ?? '9', b.row.due_on ?? '9');
    case 'win_prob':
      return compareNumber(negative(a.row.win_prob), negative(b.row.win_prob));
    case 'rank':
      return compareText(a.row.rank ?? '\uffff', b.row.rank ?? '\uffff');
    case 'name':
      return 0;
  }
}

const negative = (value: number | null): number | null => (value === null ? null : -value);
const compareNumber = (a: number | null, b: number | null): number => (a ?? Infinity) - (b ?? Infinity) || 0;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
