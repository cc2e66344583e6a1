/** The day's route on the map: its line (straight and dashed where the ways are estimated) and the number of each stop at its pin. */
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Theme } from '../core/theme';
import { ABOVE_PINS } from './layers';
import { palettes } from './palette';
import type { Position } from './projection';
import { fonts } from './style';

export interface MapRoute {
  /** From where it begins to where it ends. */
  line: readonly Position[];
  stops: readonly (Position & { number: number })[];
  is_estimated: boolean;
}

export interface RouteLine {
  show(route: MapRoute | null): void;
  /** Draw it again: a style that has just been set has lost it. */
  refresh(theme: Theme): void;
}

const SOURCE = 'route';
/** Beside the pin, not over its letter. */
const ASIDE: [number, number] = [-15, -15];

export function routeFeatures(route: MapRoute | null): GeoJSON.FeatureCollection {
  if (!route) return { type: 'FeatureCollection', features: [] };
  const line = route.line.map(({ lon, lat }) => [lon, lat]);
  return {
    type: 'FeatureCollection',
    features: [
      ...(line.length > 1 ? [{ type: 'Feature' as const, geometry: { type: 'LineString' as const, coordinates: line }, properties: { is_estimated: route.is_estimated } }] : []),
      ...route.stops.map(({ lon, lat, number }) => ({ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [lon, lat] }, properties: { number: String(number) } })),
    ],
  };
}

function layersOf(theme: Theme): { below: LayerSpecification[]; above: LayerSpecification[] } {
  const { accent, disc } = palettes[theme];
  const line = (id: string, is_estimated: boolean): LayerSpecification => ({
    id, type: 'line', source: SOURCE,
    filter: ['all', ['==', ['geometry-type'], 'LineString'], ['==', ['get', 'is_estimated'], is_estimated]],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': accent, 'line-width': is_estimated ? 3 : 4.5, 'line-opacity': 0.85, ...(is_estimated ? { 'line-dasharray': [0.2, 2.2] } : {}) },
  });
  return {
    below: [line('route-line', false), line('route-estimated', true)],
    above: [
      { id: 'route-number-disc', type: 'circle', source: SOURCE, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 10.5, 'circle-color': accent, 'circle-stroke-color': disc, 'circle-stroke-width': 2, 'circle-translate': ASIDE } },
      {
        id: 'route-number', type: 'symbol', source: SOURCE, filter: ['==', ['geometry-type'], 'Point'],
        layout: { 'text-field': ['get', 'number'], 'text-font': fonts('Bold'), 'text-size': 12, 'text-allow-overlap': true, 'text-ignore-placement': true },
        paint: { 'text-color': theme === 'dark' ? '#06251d' : '#ffffff', 'text-translate': ASIDE },
      },
    ],
  };
}

export function createRouteLine(map: MapLibre, theme: Theme): RouteLine {
  let shown: MapRoute | null = null;
  let as = theme;

  function draw(): void {
    // The pins' layers are there once the style is; before, refresh() is still to come.
    if (!map.getLayer(ABOVE_PINS)) return;
    if (!map.getSource(SOURCE)) {
      if (!shown) return;
      map.addSource(SOURCE, { type: 'geojson', data: routeFeatures(shown) });
      const { below, above } = layersOf(as);
      for (const layer of below) map.addLayer(layer, 'account-symbols');
      for (const layer of above) map.addLayer(layer);
      return;
    }
    void map.getSource<GeoJSONSource>(SOURCE)?.setData(routeFeatures(shown));
  }

  return {
    show(route) {
      shown = route;
      draw();
    },
    refresh(next) {
      as = next;
      draw();
    },
  };
}
