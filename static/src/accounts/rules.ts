/** Pure decisions about accounts: folding for search, what a list row holds, when a visit is due, which rows a filter keeps. */
import { coverageMatcher, NO_COVERAGE, type CoverageFilter } from './covered';
import { bare, fold, holding, searchWords, sortKey, wide } from './folding';
import type { Account, Kind, Precision } from './wire';

export { fold };

/** What lists and the map keep in memory for each account: small, so that 20,000 are at hand. */
export interface AccountRow {
  id: string;
  kind: Kind;
  name: string;
  kana: string;
  place: string;
  phone: string | null;
  status: number;
  win_prob: number | null;
  rank: string | null;
  owner_id: string | null;
  team_id: string | null;
  /** Its national code; null where it is not known. */
  municipality: string | null;
  tags: string[];
  lon: number | null;
  lat: number | null;
  is_approximate: boolean;
  due_on: string | null;
  last_visit_at: string | null;
  last_outcome: number | null;
  next_action_on: string | null;
  /** What the search looks through. */
  folded: string;
  /** What names are ordered by: the reading where there is one. */
  order: string;
}

export type OwnerFilter = 'me' | 'team' | 'all';

export interface AccountFilter extends CoverageFilter {
  q: string;
  status: number[];
  owner: OwnerFilter;
  overdue: boolean;
  never_visited: boolean;
  win_min: number;
  win_max: number;
  tag: string | null;
  kind: Kind | null;
  rank: string | null;
}

/** Who asks and what day it is for them: what the owner and overdue filters are measured against. */
export interface Viewpoint {
  user_id: string;
  team_ids: string[];
  today: string;
  timezone: string;
}

export const NO_FILTER: AccountFilter = {
  ...NO_COVERAGE,
  q: '',
  status: [],
  owner: 'all',
  overdue: false,
  never_visited: false,
  win_min: 0,
  win_max: 100,
  tag: null,
  kind: null,
  rank: null,
};

const APPROXIMATE: ReadonlySet<Precision> = new Set<Precision>(['none', 'prefecture', 'municipality', 'postal', 'town']);

/** Whether a point of this precision is the town's or coarser: its pin is drawn hollow. */
export const isApproximate = (precision: Precision): boolean => APPROXIMATE.has(precision);

/** What a row is made of. */
export type Listed = Pick<
  Account,
  | 'id' | 'kind' | 'name' | 'name_kana' | 'external_id' | 'postal_code' | 'prefecture' | 'municipality' | 'municipality_code' | 'address' | 'building' | 'phones' | 'status' | 'win_prob' | 'rank'
  | 'owner_id' | 'team_id' | 'tags' | 'custom' | 'lon' | 'lat' | 'precision' | 'last_visit_at' | 'last_outcome' | 'due_on' | 'next_action_on'
>;

/** Return what the lists and the map need of an account. */
export function toRow(account: Listed): AccountRow {
  const place = placeOf(account);
  return {
    id: account.id,
    kind: account.kind,
    name: account.name,
    kana: account.name_kana ?? '',
    place,
    phone: account.phones[0]?.number ?? null,
    status: account.status,
    win_prob: account.win_prob,
    rank: account.rank,
    owner_id: account.owner_id,
    team_id: account.team_id,
    // Missing in what an older build stored.
    municipality: account.municipality_code ?? null,
    tags: account.tags,
    lon: account.lon,
    lat: account.lat,
    is_approximate: isApproximate(account.precision),
    due_on: account.due_on,
    last_visit_at: account.last_visit_at,
    last_outcome: account.last_outcome,
    next_action_on: account.next_action_on,
    folded: searchText(account),
    order: sortKey(account.name, account.name_kana),
  };
}

/** What search looks at: each field folded, on a line of its own, so that no word runs across two of them. */
function searchText(account: Listed): string {
  const name = fold(account.name);
  const fields = new Set([bare(name), name]);
  const add = (text: string | null): unknown => text && fields.add(fold(text));
  const addCode = (code: string | null): unknown => code && fields.add(wide(fold(code)));
  add(account.name_kana);
  add(account.address);
  add(account.building);
  addCode(account.postal_code);
  addCode(account.external_id);
  for (const { number } of account.phones) addCode(number.replace(/^\+81/, '0'));
  for (const tag of account.tags) add(tag);
  for (const value of Object.values(account.custom)) if (typeof value === 'string') add(value);
  let text = '';
  for (const field of fields) text += `\n${field}`;
  return text;
}

/** Rows in the order of their names, as they are packed; the same array where they stand in it already. Equal names by id. */
export function inOrder(rows: AccountRow[]): AccountRow[] {
  const isOrdered = rows.every((row, at) => {
    const before = rows[at - 1];
    return !before || before.order < row.order || (before.order === row.order && before.id < row.id);
  });
  return isOrdered ? rows : grouped([...rows].sort((a, b) => (a.id < b.id ? -1 : 1)), (row) => row.order, (a, b) => (a < b ? -1 : 1));
}

/** Rows by a key, those with the same key as they stood: many share one, so that comparing the keys is quicker than comparing the rows. */
export function grouped<K>(rows: readonly AccountRow[], keyOf: (row: AccountRow) => K, compare: (a: K, b: K) => number): AccountRow[] {
  const groups = new Map<K, AccountRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.keys()].sort(compare).flatMap((key) => groups.get(key) ?? []);
}

/** The address without its prefecture: what tells two accounts of one area apart. */
export function placeOf(account: Pick<Account, 'address' | 'prefecture' | 'municipality'>): string {
  const address = account.address ?? account.municipality ?? '';
  const prefecture = account.prefecture ?? '';
  return prefecture && address.startsWith(prefecture) ? address.slice(prefecture.length).trim() : address;
}

export function isOverdue(due_on: string | null, today: string): boolean {
  return due_on !== null && due_on < today;
}

/** The day by which the next visit is due; null without a cadence. Dates are the organisation's days. */
export function dueOn(account: { cadence_days: number | null; last_visit_on: string | null; created_on: string }): string | null {
  if (!account.cadence_days) return null;
  return addDays(account.last_visit_on ?? account.created_on, account.cadence_days);
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** Return a test that tells whether a row passes the filter; made once, asked 20,000 times. */
export function matcher(filter: AccountFilter, who: Viewpoint): (row: AccountRow) => boolean {
  const words = searchWords(filter.q).map(holding);
  const statuses = new Set(filter.status);
  const teams = new Set(who.team_ids);
  const isInCoverage = coverageMatcher(filter, who);
  const hasRange = filter.win_min > 0 || filter.win_max < 100;
  // A query of nothing that can be searched for (an emoji) finds nothing, as on the server.
  const isHopeless = words.length === 0 && filter.q.trim() !== '';
  return (row) => {
    if (isHopeless) return false;
    if (filter.kind && row.kind !== filter.kind) return false;
    if (statuses.size && !statuses.has(row.status)) return false;
    if (filter.owner === 'me' && row.owner_id !== who.user_id) return false;
    if (filter.owner === 'team' && !(row.team_id && teams.has(row.team_id))) return false;
    if (filter.overdue && !isOverdue(row.due_on, who.today)) return false;
    if (filter.never_visited && row.last_visit_at) return false;
    if (hasRange && (row.win_prob === null || row.win_prob < filter.win_min || row.win_prob > filter.win_max)) return false;
    if (filter.rank && row.rank !== filter.rank) return false;
    if (filter.tag && !row.tags.includes(filter.tag)) return false;
    if (!isInCoverage(row)) return false;
    return words.every((isHeld) => isHeld(row.folded));
  };
}
