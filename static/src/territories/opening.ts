/** From a number to its accounts: the filter that lists and map share is set, and the map shows all of them. */
import { accountFilter } from '../accounts/filter';
import { accountsIndex } from '../accounts/index';
import { NONE, type CoverageFilter } from '../accounts/covered';
import { NO_FILTER, type AccountFilter } from '../accounts/rules';
import { viewpoint } from '../core/author';
import { navigate } from '../core/router.svelte';
import type { Column } from './rules';
import type { PlaceRow } from './wire';

export type Where = Pick<CoverageFilter, 'person' | 'place'>;

export const EVERYWHERE: Where = { person: null, place: null };
export const ofOwner = (owner_id: string | null): Where => ({ person: owner_id ?? NONE, place: null });
export const ofPlace = ({ code, name }: { code: string | null; name: string }): Where => ({ person: null, place: { code: code ?? NONE, name } });

function filterFor(column: Column, where: Where, { days, rank }: { days: number; rank: string | null }): AccountFilter {
  const narrowed: Record<Column, Partial<AccountFilter>> = {
    accounts: {},
    share: { covered_days: days },
    overdue: { overdue: true },
    never_visited: { never_visited: true },
    visits: { visited_days: days },
  };
  return { ...NO_FILTER, ...where, rank, ...narrowed[column] };
}

/** Show the accounts of a number on the map. `places` tell where they are when this phone does not hold them. */
export function openAccounts(column: Column, where: Where, of: { days: number; rank: string | null; places: readonly PlaceRow[] }): void {
  const filter = filterFor(column, where, of);
  accountFilter.set(filter);
  const box = boxOf(accountsIndex.filtered(filter, viewpoint())) ?? boxOf(where.place ? of.places.filter(({ code }) => code === where.place?.code) : of.places);
  navigate(box ? `/map?frame=${box.map((value) => value.toFixed(5)).join(',')}` : '/map');
}

type Point = { lon: number | null; lat: number | null };

function boxOf(points: readonly Point[]): [west: number, south: number, east: number, north: number] | null {
  const placed = points.flatMap(({ lon, lat }) => (lon === null || lat === null ? [] : [{ lon, lat }]));
  if (placed.length === 0) return null;
  const [lons, lats] = [placed.map(({ lon }) => lon), placed.map(({ lat }) => lat)];
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
  return [least(lons), least(lats), most(lons), most(lats)];
}
