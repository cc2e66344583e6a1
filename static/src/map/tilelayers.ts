/**
 * Accounts straight from the server's tiles, drawn like the phone's own: for as long as the phone does not yet hold them all.
 * The same pictures are named here by expressions, since the features never pass through our code.
 */
import type { ExpressionSpecification, LayerSpecification, Map as MapLibre, VectorSourceSpecification } from 'maplibre-gl';
import type { Theme } from '../core/theme';
import { DONUT_PREFIX, PARTS } from './donuts';
import { NAMES_FROM_ZOOM } from './features';
import { COUNT_SIZE, LAYER, nameLayout, namePaint, SYMBOL_LAYOUT } from './layers';
import { palettes } from './palette';
import { lookKey, PIN_PREFIX, WIN_STEP } from './pins';
import type { Band, Scale } from './scales';

export const TILES = 'account-tiles';
export const TILE_LAYER = { pins: 'tile-pins', clusters: 'tile-clusters', names: 'tile-names' } as const;

/** The address of the tiles that meet a filter (its query as the lists send it). */
export function tileUrl(origin: string, filter: URLSearchParams): string {
  const query = new URLSearchParams(filter);
  // Tiles are filtered by fields, not by words.
  query.delete('q');
  const text = query.toString();
  return `${origin}/api/tiles/accounts/{z}/{x}/{y}.mvt${text ? `?${text}` : ''}`;
}

export function tileSource(url: string): VectorSourceSpecification {
  return { type: 'vector', tiles: [url], minzoom: 3, maxzoom: 16 };
}

const zero = (name: string): ExpressionSpecification => ['coalesce', ['get', name], 0];

/** The bands' looks by the number a feature carries: a status, or the lower end of a win-probability band. */
function lookOf(scale: Scale): ExpressionSpecification {
  const first = scale.bands[0];
  const fallback = first ? lookKey(first) : '#6b7785|circle|';
  if (scale.by === 'win') return ['step', zero('win_prob'), fallback, ...scale.bands.slice(1).flatMap((band): (number | string)[] => [Number(band.key), lookKey(band)])] as ExpressionSpecification;
  return ['match', ['get', 'status'], ...scale.bands.flatMap((band): (number | string)[] => [Number(band.key), lookKey(band)]), fallback] as unknown as ExpressionSpecification;
}

function pinImage(scale: Scale, theme: Theme): ExpressionSpecification {
  const win: ExpressionSpecification = ['to-string', ['*', WIN_STEP, ['round', ['/', ['max', 0, zero('win_prob')], WIN_STEP]]]];
  const flags: ExpressionSpecification = ['concat', ['case', ['==', zero('overdue'), 1], 'o', ''], ['case', ['==', zero('approx'), 1], 'a', '']];
  return ['concat', `${PIN_PREFIX}|${theme}||`, win, '|', flags, '|', lookOf(scale)];
}

const share = (band: Band): ExpressionSpecification => [
  'case',
  ['>', zero(`s${band.key}`), 0],
  ['concat', `${band.colour}:`, ['to-string', ['max', 1, ['round', ['*', PARTS, ['/', zero(`s${band.key}`), ['get', 'n']]]]]], ','],
  '',
];

function donutImage(scale: Scale, theme: Theme): ExpressionSpecification {
  const size: ExpressionSpecification = ['step', ['get', 'n'], 's', 10, 'm', 100, 'l', 1000, 'xl'];
  // A tile tells the mean win probability, not how it is spread: the ring has its one colour.
  const ring: ExpressionSpecification =
    scale.by === 'win' ? (['concat', ['step', zero('win_avg'), scale.bands[0]?.colour ?? '', ...scale.bands.slice(1).flatMap((band): (number | string)[] => [Number(band.key), band.colour])], `:${PARTS}`] as unknown as ExpressionSpecification) : ['concat', ...scale.bands.map(share)];
  return ['concat', `${DONUT_PREFIX}|${theme}|`, size, '|', ring];
}

const countText: ExpressionSpecification = [
  'step',
  ['get', 'n'],
  ['to-string', ['get', 'n']],
  1000,
  ['concat', ['to-string', ['/', ['floor', ['/', ['get', 'n'], 100]], 10]], 'k'],
  10_000,
  ['concat', ['to-string', ['floor', ['/', ['get', 'n'], 1000]]], 'k'],
];

/** The layers for a scale that tiles can carry: status or win probability. */
export function tileLayers(scale: Scale, theme: Theme): LayerSpecification[] {
  const source = TILES;
  const paint = { 'text-color': palettes[theme].ink };
  return [
    { id: TILE_LAYER.names, type: 'symbol', source, 'source-layer': 'accounts', minzoom: NAMES_FROM_ZOOM, layout: nameLayout(['get', 'name']), paint: namePaint(theme) },
    { id: TILE_LAYER.pins, type: 'symbol', source, 'source-layer': 'accounts', layout: { ...SYMBOL_LAYOUT, 'icon-image': pinImage(scale, theme) }, paint },
    { id: TILE_LAYER.clusters, type: 'symbol', source, 'source-layer': 'clusters', layout: { ...SYMBOL_LAYOUT, 'icon-image': donutImage(scale, theme), 'text-field': countText, 'text-size': COUNT_SIZE }, paint },
  ];
}

export interface Tiled {
  url: string;
  scale: Scale;
  theme: Theme;
}

/** Show these tiles below the phone's own pins, instead of those shown before; null shows none. */
export function applyTiles(map: MapLibre, tiled: Tiled | null): void {
  for (const id of Object.values(TILE_LAYER)) if (map.getLayer(id)) map.removeLayer(id);
  if (map.getSource(TILES)) map.removeSource(TILES);
  if (!tiled) return;
  map.addSource(TILES, tileSource(tiled.url));
  for (const layer of tileLayers(tiled.scale, tiled.theme)) map.addLayer(layer, LAYER.names);
}
