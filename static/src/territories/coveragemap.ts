/** The map of coverage: the embedded basemap with its municipalities coloured and named by their share. Loaded when it is looked at. */
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Theme } from '../core/theme';
import { createMap, JAPAN, styleOf } from '../map/create';
import { palettes } from '../map/palette';
import { boundsOf } from '../map/projection';
import { tellWhetherDrawn } from '../map/stage';
import { BASEMAP, fonts } from '../map/style';
import { COLOURS, classOf, type Shade } from './rules';

const FILL = 'coverage';
const EDGE = 'coverage-edge';
const NAMES = 'coverage-names';
/** From here on the basemap's areas are municipalities, before they are prefectures. */
const NEAR_ZOOM = 8;

export interface Look {
  theme: Theme;
  locale: 'ja' | 'en';
}

export interface CoverageMap {
  show(shades: readonly Shade[]): void;
  setLook(look: Look): void;
  /** Look at a place near enough to tell municipalities apart. */
  flyTo(place: { lon: number; lat: number }): void;
  remove(): void;
}

export interface OpenOptions {
  container: HTMLElement;
  look: Look;
  title: string;
  shades: readonly Shade[];
  onpick: (code: string | null) => void;
}

/** Draw the map in an element. Throws where the browser has no WebGL. */
export function openCoverageMap({ container, look, title, shades, onpick }: OpenOptions): CoverageMap {
  let present = look;
  let drawn = shades;
  const styled = (of: Look) => ({ theme: of.theme, locale: of.locale, overlay: null });
  const map = createMap({
    container,
    style: styled(look),
    camera: null,
    bounds: boundsOf(shades.filter(({ code }) => code.length === 5)) ?? JAPAN,
    prefersReducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    title,
  });
  map.on('style.load', () => dress(map, present, drawn));
  map.on('click', ({ point }) => {
    const [area] = map.getLayer(FILL) ? map.queryRenderedFeatures(point, { layers: [FILL] }) : [];
    const code = String(area?.properties['code'] ?? '');
    const found = drawn.find((shade) => shade.code === code);
    if (found && code.length === 2) map.flyTo({ center: [found.lon, found.lat], zoom: NEAR_ZOOM + 0.5, duration: 520 });
    onpick(found && code.length === 5 ? code : null);
  });
  tellWhetherDrawn(map, container);
  return {
    show(next) {
      drawn = next;
      if (!map.getLayer(FILL)) return;
      map.setPaintProperty(FILL, 'fill-color', colour(drawn));
      map.getSource<GeoJSONSource>(NAMES)?.setData(labels(drawn));
    },
    setLook(next) {
      if (next.theme === present.theme && next.locale === present.locale) return;
      present = next;
      map.setStyle(styleOf(styled(next)));
    },
    flyTo: ({ lon, lat }) => void map.flyTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 10), duration: 520 }),
    remove: () => map.remove(),
  };
}

/** Put our layers into a style that has just been read: colours under the borders, names in the place of the basemap's. */
function dress(map: MapLibre, look: Look, shades: readonly Shade[]): void {
  const palette = palettes[look.theme];
  for (const name of ['municipality-name', 'prefecture-name', 'town-name']) if (map.getLayer(name)) map.setLayoutProperty(name, 'visibility', 'none');
  const below = map.getLayer('municipality-line') ? 'municipality-line' : undefined;
  map.addLayer({ id: FILL, type: 'fill', source: BASEMAP, 'source-layer': 'areas', paint: { 'fill-color': colour(shades), 'fill-opacity': 0.78, 'fill-antialias': false } }, below);
  map.addLayer({ id: EDGE, type: 'line', source: BASEMAP, 'source-layer': 'boundaries', minzoom: NEAR_ZOOM, paint: { 'line-color': palette.labelMunicipality, 'line-opacity': 0.4, 'line-width': 0.8 } });
  map.addSource(NAMES, { type: 'geojson', data: labels(shades) });
  for (const [level, zooms] of Object.entries({ far: { maxzoom: NEAR_ZOOM }, near: { minzoom: NEAR_ZOOM } })) {
    map.addLayer({
      id: `${NAMES}-${level}`, type: 'symbol', source: NAMES, filter: ['==', ['get', 'level'], level], ...zooms,
      layout: { 'text-field': ['get', 'text'], 'text-font': fonts('Bold'), 'text-size': 13, 'text-padding': 4, 'symbol-sort-key': ['-', 0, ['get', 'accounts']] },
      paint: { 'text-color': palette.ink, 'text-halo-color': palette.halo, 'text-halo-width': 1.8 },
    });
  }
}

function colour(shades: readonly Shade[]): ExpressionSpecification | string {
  const clear = 'rgba(0, 0, 0, 0)';
  const branches = COLOURS.flatMap((each, at): (string | string[])[] => {
    const codes = shades.filter(({ share }) => classOf(share) === at).map(({ code }) => code);
    return codes.length ? [codes, each] : [];
  });
  return branches.length ? (['match', ['get', 'code'], ...branches, clear] as unknown as ExpressionSpecification) : clear;
}

function labels(shades: readonly Shade[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: shades.map(({ code, name, share, accounts, lon, lat }) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [lon, lat] },
      properties: { text: `${name}\n${share}%`, level: code.length === 2 ? 'far' : 'near', accounts },
    })),
  };
}
