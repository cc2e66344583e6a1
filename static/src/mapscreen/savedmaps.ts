/** Saved maps: a filter and a way of colouring under a name. Three come ready-made, everyone's own are kept on this device. */
import { NO_FILTER, type AccountFilter } from '../accounts/rules';
import { newId } from '../core/ids';
import { writable, type Readable } from '../core/signal';
import { COLOUR_BY, type ColourBy } from '../map/scales';

export interface SavedMap {
  id: string;
  name: string;
  colourBy: ColourBy;
  filter: Partial<AccountFilter>;
}

export const READY_MADE = [
  { id: 'new_business', colourBy: 'win', filter: { never_visited: true } },
  { id: 'rank_days', colourBy: 'rank_days', filter: {} },
  { id: 'regular_rounds', colourBy: 'days', filter: { overdue: true } },
] as const satisfies readonly Omit<SavedMap, 'name'>[];

const KEY = 'fieldcrm.maps';

function isSavedMap(value: unknown): value is SavedMap {
  if (typeof value !== 'object' || value === null) return false;
  const map = value as Record<string, unknown>;
  return typeof map['id'] === 'string' && typeof map['name'] === 'string' && COLOUR_BY.some((by) => by === map['colourBy']) && typeof map['filter'] === 'object';
}

function read(): SavedMap[] {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(saved) ? saved.filter(isSavedMap) : [];
  } catch {
    return [];
  }
}

const own = writable<SavedMap[]>(read());
export const ownMaps: Readable<SavedMap[]> = own;

function replace(maps: SavedMap[]): void {
  own.set(maps);
  try {
    localStorage.setItem(KEY, JSON.stringify(maps));
  } catch {
    // Kept for this page only.
  }
}

export function saveMap(name: string, what: { colourBy: ColourBy; filter: AccountFilter }): SavedMap {
  const map: SavedMap = { id: newId(), name, colourBy: what.colourBy, filter: changesOf(what.filter) };
  replace([...own.get(), map]);
  return map;
}

export function removeMap(id: string): void {
  replace(own.get().filter((map) => map.id !== id));
}

/** Put back one that was removed. */
export function restoreMap(map: SavedMap): void {
  if (!own.get().some((other) => other.id === map.id)) replace([...own.get(), map]);
}

/** What of a filter differs from no filter: the search text is never saved. */
export function changesOf(filter: AccountFilter): Partial<AccountFilter> {
  const entries = Object.entries(filter).filter(([key, value]) => key !== 'q' && JSON.stringify(value) !== JSON.stringify(NO_FILTER[key as keyof AccountFilter]));
  return Object.fromEntries(entries);
}

/** Whether the map on the screen is this saved one. */
export function isShown(map: Pick<SavedMap, 'colourBy' | 'filter'>, now: { colourBy: ColourBy; filter: AccountFilter }): boolean {
  const sorted = (filter: Partial<AccountFilter>) => JSON.stringify(Object.entries(filter).sort(([a], [b]) => a.localeCompare(b)));
  return map.colourBy === now.colourBy && sorted(map.filter) === sorted(changesOf(now.filter));
}
