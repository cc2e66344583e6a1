/** Basemaps laid over the embedded one: raster tiles by address, or a file of the organisation's own (PMTiles). */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { fonts, type Overlay } from './style';
import type { Theme } from '../core/theme';
import { palettes, type MapPalette } from './palette';

const PROBE_TIMEOUT_MS = 2500;
const OVERLAY = 'overlay';
/** The tile that is asked for to find out: the middle of Japan. */
export const PROBE = { z: 5, x: 28, y: 12 };

/** Whether a tile of this address arrives in good time: decides once whether the online basemap is worth showing. */
export function canReach(url: string): Promise<boolean> {
  const probe = url.replace('{z}', String(PROBE.z)).replace('{x}', String(PROBE.x)).replace('{y}', String(PROBE.y));
  return new Promise((resolve) => {
    const image = new Image();
    const timer = setTimeout(() => finish(false), PROBE_TIMEOUT_MS);
    const finish = (isThere: boolean) => {
      clearTimeout(timer);
      image.onload = image.onerror = null;
      // A tile still on its way is not waited for.
      if (!isThere) image.src = '';
      resolve(isThere);
    };
    image.crossOrigin = 'anonymous';
    image.onload = () => finish(true);
    image.onerror = () => finish(false);
    image.src = probe;
  });
}

/** A light raster map made dark by turning its brightness round, and its hues back. */
const DARK_RASTER = { 'raster-brightness-min': 0.92, 'raster-brightness-max': 0.1, 'raster-hue-rotate': 180, 'raster-saturation': -0.45, 'raster-contrast': -0.1 } as const;

export function rasterOverlay(options: { url: string; theme: Theme; maxzoom?: number }): Overlay {
  return {
    sources: { [OVERLAY]: { type: 'raster', tiles: [options.url], tileSize: 256, minzoom: 2, maxzoom: options.maxzoom ?? 18 } },
    layers: [{ id: 'raster', type: 'raster', source: OVERLAY, paint: { 'raster-fade-duration': 160, ...(options.theme === 'dark' ? DARK_RASTER : {}) } }],
  };
}

type Drawn = 'fill' | 'line' | 'label';

/** Layer names of the common vector schemas (OpenMapTiles, Protomaps, Tippecanoe's own) and how each is drawn, from the ground up. */
const KNOWN: readonly { names: readonly string[]; drawn: Drawn; colour: keyof MapPalette; width?: number; from?: number }[] = [
  { names: ['earth'], drawn: 'fill', colour: 'halo' },
  { names: ['landcover', 'landuse', 'park', 'natural'], drawn: 'fill', colour: 'green' },
  { names: ['water'], drawn: 'fill', colour: 'sea' },
  { names: ['waterway'], drawn: 'line', colour: 'sea', width: 2, from: 9 },
  { names: ['building', 'buildings'], drawn: 'fill', colour: 'building', from: 14 },
  { names: ['boundary', 'boundaries'], drawn: 'line', colour: 'prefecture', width: 1.2 },
  { names: ['transportation', 'roads', 'road', 'highway'], drawn: 'line', colour: 'road', width: 4, from: 8 },
  { names: ['place', 'places'], drawn: 'label', colour: 'labelMunicipality' },
  { names: ['transportation_name'], drawn: 'label', colour: 'labelTown', from: 14 },
];

const LOCAL_NAME: Record<'ja' | 'en', ExpressionSpecification> = { ja: ['coalesce', ['get', 'name:ja'], ['get', 'name']], en: ['coalesce', ['get', 'name:en'], ['get', 'name_en'], ['get', 'name']] };

function vectorLayer(layer: (typeof KNOWN)[number], name: string, options: { p: MapPalette; locale: 'ja' | 'en' }): LayerSpecification[] {
  const { p, locale } = options;
  const base = { source: OVERLAY, 'source-layer': name, minzoom: layer.from ?? 0 } as const;
  const colour = p[layer.colour];
  if (typeof colour !== 'string') return [];
  if (layer.drawn === 'fill') return [{ id: `own-${name}`, type: 'fill', ...base, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour } }];
  if (layer.drawn === 'line') {
    const width = layer.width ?? 1;
    const grown = (factor: number): ['interpolate', ['linear'], ['zoom'], ...number[]] => ['interpolate', ['linear'], ['zoom'], 8, width * factor * 0.2, 14, width * factor, 18, width * factor * 4];
    return [
      { id: `own-${name}-casing`, type: 'line', ...base, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': p.roadCasing, 'line-width': grown(1.4) } },
      { id: `own-${name}`, type: 'line', ...base, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colour, 'line-width': grown(1) } },
    ];
  }
  return [
    {
      id: `own-${name}`, type: 'symbol', ...base,
      layout: { 'text-field': LOCAL_NAME[locale], 'text-font': fonts('Medium'), 'text-size': 13, 'text-padding': 8, 'text-max-width': 8 },
      paint: { 'text-color': colour, 'text-halo-color': p.halo, 'text-halo-width': 1.4 },
    },
  ];
}

/** The layers that draw a vector file: those of known names as what they are, all others as plain outlines. */
export function layersFor(names: readonly string[], options: { theme: Theme; locale: 'ja' | 'en' }): LayerSpecification[] {
  const p = palettes[options.theme];
  const known = KNOWN.flatMap((layer) => names.filter((name) => layer.names.includes(name)).flatMap((name) => vectorLayer(layer, name, { p, locale: options.locale })));
  const strangers = names.filter((name) => !KNOWN.some((layer) => layer.names.includes(name)));
  const outlines = strangers.map(
    (name): LayerSpecification => ({ id: `own-${name}`, type: 'line', source: OVERLAY, 'source-layer': name, paint: { 'line-color': p.municipality, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 0.4, 16, 2] } }),
  );
  return [...outlines, ...known];
}
