/** The layers above the basemap: accounts as pins and donuts, the chosen account, the user's own position. */
import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification } from 'maplibre-gl';
import { NAMES_FROM_ZOOM } from './features';
import type { Theme } from '../core/theme';
import { palettes } from './palette';
import { fonts } from './style';

export const SOURCE = { ring: 'ring', accounts: 'accounts', selected: 'selected', position: 'position' } as const;
export const LAYER = { accounts: 'account-symbols', names: 'account-names', selected: 'selected-pin' } as const;

const empty: GeoJSONSourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, maxzoom: 18, tolerance: 0, buffer: 64 };

/** Text size of a donut's number by how many it counts. */
export const COUNT_SIZE: ExpressionSpecification = ['step', ['coalesce', ['get', 'n'], 1], 13.5, 10, 14.5, 100, 15, 1000, 15.5];

/** Pins and donuts are always drawn, whatever they cover; names give way to them. */
export const SYMBOL_LAYOUT = {
  'icon-allow-overlap': true,
  'text-allow-overlap': true,
  'text-font': fonts('Bold'),
  'text-size': COUNT_SIZE,
  'icon-padding': 1,
  'symbol-z-order': 'source',
} as const;

/** Names beside the pins: the first free side is taken, none is written where there is no room. */
export function nameLayout(field: ExpressionSpecification): Extract<LayerSpecification, { type: 'symbol' }>['layout'] {
  return {
    'text-field': field,
    'text-font': fonts('Medium'),
    'text-size': ['interpolate', ['linear'], ['zoom'], NAMES_FROM_ZOOM, 12, 17, 14],
    'text-variable-anchor-offset': ['left', [2.4, 0], 'right', [-2.4, 0], 'top', [0, 2.3], 'bottom', [0, -2.3]],
    'text-justify': 'auto',
    'text-max-width': 9,
    'text-line-height': 1.25,
    'text-padding': 1,
  };
}

export function namePaint(theme: Theme): { 'text-color': string; 'text-halo-color': string; 'text-halo-width': number } {
  return { 'text-color': palettes[theme].ink, 'text-halo-color': palettes[theme].halo, 'text-halo-width': 1.6 };
}

function accountLayers(theme: Theme): LayerSpecification[] {
  const source = SOURCE.accounts;
  return [
    { id: LAYER.names, type: 'symbol', source, minzoom: NAMES_FROM_ZOOM, filter: ['!=', ['get', 'name'], ''], layout: { ...nameLayout(['get', 'name']), 'symbol-sort-key': ['-', 0, ['get', 'sort']] }, paint: namePaint(theme) },
    // The pins themselves are drawn by pinlayer.ts, above this: here they only take up room.
    { id: LAYER.accounts, type: 'symbol', source, layout: { 'icon-image': ['get', 'room'], 'icon-allow-overlap': true, 'icon-padding': 1 } },
  ];
}

function positionLayers(theme: Theme): LayerSpecification[] {
  const source = SOURCE.position;
  const colour = palettes[theme].position;
  return [
    { id: 'position-accuracy', type: 'fill', source, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': 0.13 } },
    { id: 'position-edge', type: 'line', source, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'line-color': colour, 'line-opacity': 0.35, 'line-width': 1 } },
  ];
}

/** The layer under which the pins are drawn. */
export const ABOVE_PINS = 'position-shadow-above';

/** From afar the dot lies under the donuts, whose numbers it would hide; in the streets over the pins. */
const DOT_ABOVE_FROM_ZOOM = 13;

function positionDot(theme: Theme, isAbove: boolean): LayerSpecification[] {
  const filter: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];
  const base = { type: 'circle', source: SOURCE.position, filter, ...(isAbove ? { minzoom: DOT_ABOVE_FROM_ZOOM } : { maxzoom: DOT_ABOVE_FROM_ZOOM }) } as const;
  const suffix = isAbove ? 'above' : 'below';
  return [
    { id: `position-shadow-${suffix}`, ...base, paint: { 'circle-radius': 13, 'circle-color': '#000000', 'circle-opacity': 0.22, 'circle-blur': 0.7 } },
    { id: `position-dot-${suffix}`, ...base, paint: { 'circle-radius': 7.5, 'circle-color': palettes[theme].position, 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 3 } },
  ];
}

function selectedLayers(theme: Theme): LayerSpecification[] {
  const source = SOURCE.selected;
  return [
    { id: 'selected-halo', type: 'circle', source, paint: { 'circle-radius': 38, 'circle-color': palettes[theme].accent, 'circle-opacity': 0.16, 'circle-stroke-color': palettes[theme].accent, 'circle-stroke-width': 1.5, 'circle-stroke-opacity': 0.5 } },
    { id: LAYER.selected, type: 'symbol', source, layout: { 'icon-image': ['get', 'room'], 'icon-allow-overlap': true, 'icon-ignore-placement': false } },
  ];
}

/** What was drawn round with a finger. */
function ringLayers(theme: Theme): LayerSpecification[] {
  const source = SOURCE.ring;
  const colour = palettes[theme].accent;
  return [
    { id: 'ring-inside', type: 'fill', source, paint: { 'fill-color': colour, 'fill-opacity': 0.12 } },
    { id: 'ring-edge', type: 'line', source, layout: { 'line-join': 'round' }, paint: { 'line-color': colour, 'line-width': 2.5 } },
  ];
}

/** Every layer of ours, from the ground up. */
export function ourLayers(theme: Theme): LayerSpecification[] {
  return [...ringLayers(theme), ...positionLayers(theme), ...positionDot(theme, false), ...selectedLayers(theme), ...accountLayers(theme), ...positionDot(theme, true)];
}

export function ourSources(): Record<string, GeoJSONSourceSpecification> {
  return Object.fromEntries(Object.values(SOURCE).map((name) => [name, empty]));
}
