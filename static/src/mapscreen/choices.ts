/** What the user chose for the map on this device: how it is coloured, what lies under it. */
import { writable, type Readable } from '../core/signal';
import { COLOUR_BY, type ColourBy } from '../map/scales';

export const BASEMAPS = ['auto', 'embedded', 'online', 'own'] as const;
export type BasemapChoice = (typeof BASEMAPS)[number];

export interface MapChoices {
  colourBy: ColourBy;
  basemap: BasemapChoice;
  isLegendOpen: boolean;
}

const KEY = 'fieldcrm.map';
const FIRST: MapChoices = { colourBy: 'status', basemap: 'auto', isLegendOpen: false };

function read(): MapChoices {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof saved !== 'object' || saved === null) return FIRST;
    const from = saved as Record<string, unknown>;
    return {
      colourBy: COLOUR_BY.find((by) => by === from['colourBy']) ?? FIRST.colourBy,
      basemap: BASEMAPS.find((map) => map === from['basemap']) ?? FIRST.basemap,
      isLegendOpen: from['isLegendOpen'] === true,
    };
  } catch {
    return FIRST;
  }
}

const current = writable<MapChoices>(read());
export const mapChoices: Readable<MapChoices> = current;

export function choose(change: Partial<MapChoices>): void {
  current.update((choices) => ({ ...choices, ...change }));
  try {
    localStorage.setItem(KEY, JSON.stringify(current.get()));
  } catch {
    // Kept for this page only.
  }
}
