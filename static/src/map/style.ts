/** The map's style document: the embedded basemap (our own tiles of areas, boundaries and place names) and what may lie over it. */
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { Theme } from '../core/theme';
import { palettes, type MapPalette } from './palette';

/** A basemap laid over the embedded one: its own sources and layers; the embedded land stays below and shows wherever this one has no tile. */
export interface Overlay {
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

export interface StyleOptions {
  theme: Theme;
  locale: 'ja' | 'en';
  /** Scheme and host for the tile addresses: MapLibre's worker cannot resolve relative ones. */
  origin: string;
  overlay?: Overlay | null;
}

export const BASEMAP = 'basemap';
export const EMBEDDED_TILES = '/api/tiles/basemap/{z}/{x}/{y}.mvt';
/** Name of the land's faint pattern; the theme follows after a dash. */
export const GRAIN = 'grain';

/** Labels come from local fonts; the first name is no font: MapLibre reads the weight from it. */
export const fonts = (weight: 'Regular' | 'Medium' | 'Bold'): string[] => [weight, 'system-ui', 'Hiragino Sans', 'Noto Sans CJK JP', 'Noto Sans JP', 'Yu Gothic UI', 'sans-serif'];

type Level = 'prefecture' | 'municipality' | 'town';
const isLevel = (level: Level): ['==', ['get', string], string] => ['==', ['get', 'level'], level];

function landLayers(theme: Theme): LayerSpecification[] {
  const p = palettes[theme];
  const base = { source: BASEMAP } as const;
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': p.sea } },
    // Drawn under the land: only what reaches out into the sea is seen.
    {
      id: 'shallows', type: 'line', ...base, 'source-layer': 'areas', layout: { 'line-join': 'round' },
      paint: { 'line-color': p.shallows, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 5, 8, 12, 12, 15], 'line-blur': ['interpolate', ['linear'], ['zoom'], 4, 2, 12, 5] },
    },
    {
      id: 'coast', type: 'line', ...base, 'source-layer': 'areas', layout: { 'line-join': 'round' },
      paint: { 'line-color': p.coast, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 1.2, 10, 2.4] },
    },
    {
      id: 'land', type: 'fill', ...base, 'source-layer': 'areas',
      paint: {
        'fill-color': ['match', ['%', ['to-number', ['get', 'code'], 0], 4], 0, p.land[0], 1, p.land[1], 2, p.land[2], p.land[3]],
        // Neighbouring shapes of the same land must not show a seam.
        'fill-antialias': false,
      },
    },
    {
      id: 'grain', type: 'fill', ...base, 'source-layer': 'areas', minzoom: 12,
      paint: { 'fill-pattern': `${GRAIN}-${theme}`, 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 12, 0, 13.5, 1] },
    },
  ];
}

function boundaryLayers(p: MapPalette): LayerSpecification[] {
  const base = { type: 'line', source: BASEMAP, 'source-layer': 'boundaries', layout: { 'line-join': 'round', 'line-cap': 'round' } } as const;
  return [
    {
      id: 'municipality-line', ...base, filter: isLevel('municipality'), minzoom: 7,
      paint: {
        'line-color': p.municipality,
        'line-width': ['interpolate', ['linear'], ['zoom'], 7, 0.5, 10, 1, 16, 1.6],
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 7, 0, 8.5, 1],
      },
    },
    {
      id: 'prefecture-glow', ...base, filter: isLevel('prefecture'), minzoom: 7,
      paint: { 'line-color': p.prefecture, 'line-opacity': 0.14, 'line-width': ['interpolate', ['linear'], ['zoom'], 7, 3, 12, 9] },
    },
    {
      id: 'prefecture-line', ...base, filter: isLevel('prefecture'), layout: { 'line-join': 'round' },
      paint: { 'line-color': p.prefecture, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.6, 8, 1.1, 14, 2], 'line-dasharray': [5, 2.5] },
    },
  ];
}

function labelLayers(p: MapPalette, locale: 'ja' | 'en'): LayerSpecification[] {
  const name: ['coalesce', ['get', string], ['get', string]] | ['get', string] = locale === 'en' ? ['coalesce', ['get', 'name_en'], ['get', 'name']] : ['get', 'name'];
  const base = { type: 'symbol', source: BASEMAP, 'source-layer': 'places' } as const;
  const halo = { 'text-halo-color': p.halo, 'text-halo-width': 1.4, 'text-halo-blur': 0.4 } as const;
  return [
    {
      id: 'town-name', ...base, filter: isLevel('town'), minzoom: 12.5,
      layout: {
        'text-field': name, 'text-font': fonts('Regular'), 'symbol-sort-key': ['get', 'rank'], 'text-padding': 10, 'text-max-width': 7,
        'text-size': ['interpolate', ['linear'], ['zoom'], 12.5, 11, 15, 13, 17, 15],
      },
      paint: { 'text-color': p.labelTown, ...halo, 'text-opacity': ['interpolate', ['linear'], ['zoom'], 12.5, 0, 13.2, 1] },
    },
    {
      id: 'municipality-name', ...base, filter: isLevel('municipality'), minzoom: 7.5, maxzoom: 15,
      layout: {
        'text-field': name, 'text-font': fonts('Medium'), 'symbol-sort-key': ['get', 'rank'], 'text-padding': 6, 'text-max-width': 8, 'text-letter-spacing': 0.04,
        // A donut on top of the name sends it to one of its sides.
        'text-variable-anchor-offset': ['center', [0, 0], 'top', [0, 1.6], 'bottom', [0, -1.6], 'left', [2, 0], 'right', [-2, 0], 'top', [0, 2.6], 'bottom', [0, -2.6]],
        'text-size': ['interpolate', ['linear'], ['zoom'], 7.5, 11.5, 11, 14, 14, 18],
      },
      paint: { 'text-color': p.labelMunicipality, ...halo, 'text-opacity': ['interpolate', ['linear'], ['zoom'], 7.5, 0.8, 12.5, 1, 14, 0.55, 15, 0.35] },
    },
    {
      id: 'prefecture-name', ...base, filter: isLevel('prefecture'), minzoom: 4, maxzoom: 9,
      layout: {
        'text-field': name, 'text-font': fonts('Medium'), 'symbol-sort-key': ['get', 'rank'], 'text-padding': 4, 'text-letter-spacing': 0.14,
        'text-size': ['interpolate', ['linear'], ['zoom'], 4, 11, 6, 13, 8, 17],
      },
      paint: { 'text-color': p.labelPrefecture, ...halo, 'text-opacity': ['interpolate', ['linear'], ['zoom'], 8, 1, 9, 0.3] },
    },
  ];
}

/** Return the style document. No glyphs are named, so that labels are drawn from the device's own fonts. */
export function buildStyle(options: StyleOptions): StyleSpecification {
  const p = palettes[options.theme];
  const overlay = options.overlay ?? null;
  return {
    version: 8,
    name: `fieldcrm-${options.theme}`,
    sources: {
      [BASEMAP]: { type: 'vector', tiles: [options.origin + EMBEDDED_TILES], minzoom: 0, maxzoom: 17 },
      ...(overlay?.sources ?? {}),
    },
    layers: [...landLayers(options.theme), ...(overlay ? overlay.layers : [...boundaryLayers(p), ...labelLayers(p, options.locale)])],
    transition: { duration: 160, delay: 0 },
  };
}
