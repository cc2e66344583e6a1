/** The one map of the app. It outlives the screen that shows it, so that coming back to the map costs nothing. */
import { Marker, type Map as MapLibre } from 'maplibre-gl';
import type { Theme } from '../core/theme';
import { createMap, JAPAN, styleOf, toLngLatBounds, type Camera } from './create';
import { pinElement } from './pinelement';
import { listenForPress, type Press } from './press';
import { boundsOf, type Bounds, type Position } from './projection';
import { createRouteLine, type RouteLine } from './routeline';
import type { Overlay } from './style';
import { createAccountView, type AccountView } from './view';

export interface Look {
  theme: Theme;
  locale: 'ja' | 'en';
  overlay: Overlay | null;
}

/** What covers the map's edges (search, sheet, panel), in px: places are brought into what remains. */
export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Stage {
  map: MapLibre;
  view: AccountView;
  /** The day's route. */
  route: RouteLine;
  /** Show the map in this element; returns how to take it away (it stays alive). */
  attach(parent: HTMLElement, listeners: StageListeners): () => void;
  setLook(look: Look): void;
  /** The place under a point of the screen, in px from the map's top left corner. */
  placeAt(point: { x: number; y: number }): Position;
  /** Bring a place into the middle of what is not covered. */
  flyTo(place: Position, options: { padding: Padding; minZoom: number }): void;
  /** Move only as far as is needed for a place to be seen beside what covers the map. */
  reveal(place: Position, padding: Padding): void;
  /** Show all of these places. */
  frame(places: Iterable<Position>, padding: Padding): void;
  /** A pin at a place; with `onmove` it can be dragged. */
  mark(place: Position, label: string, onmove?: (place: Position) => void): PlacedMarker;
}

export interface PlacedMarker {
  moveTo(place: Position): void;
  remove(): void;
}

export interface StageListeners {
  onpress(press: Press): void;
  /** The camera came to rest. */
  onrest(bounds: Bounds): void;
}

const CAMERA_KEY = 'fieldcrm.camera';
const FLIGHT_MS = 520;
let stage: Stage | null = null;

function savedCamera(): Camera | null {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(CAMERA_KEY) ?? 'null');
    if (typeof saved !== 'object' || saved === null || !('lon' in saved) || !('lat' in saved) || !('zoom' in saved)) return null;
    const { lon, lat, zoom } = saved;
    return typeof lon === 'number' && typeof lat === 'number' && typeof zoom === 'number' ? { lon, lat, zoom } : null;
  } catch {
    // No storage: start from the accounts.
    return null;
  }
}

function saveCamera(map: MapLibre): void {
  const { lng, lat } = map.getCenter();
  try {
    localStorage.setItem(CAMERA_KEY, JSON.stringify({ lon: lng, lat, zoom: map.getZoom() }));
  } catch {
    // Not kept then.
  }
}

/** Say on the element whether all that is asked for is drawn and at rest: until then a press may miss what it aims at. */
export function tellWhetherDrawn(map: MapLibre, element: HTMLElement): void {
  element.dataset['drawn'] = 'no';
  for (const name of ['dataloading', 'movestart', 'render'] as const) map.on(name, () => (element.dataset['drawn'] = 'no'));
  map.on('idle', () => (element.dataset['drawn'] = 'yes'));
}

export interface OpenOptions {
  look: Look;
  title: string;
  /** Where the accounts are: what a first start shows. */
  home: Iterable<Position>;
}

/** Return the map, made at the first call. */
export function openStage(options: OpenOptions): Stage {
  stage ??= makeStage(options);
  stage.setLook(options.look);
  return stage;
}

function makeStage(options: OpenOptions): Stage {
  const element = document.createElement('div');
  element.style.cssText = 'position:absolute;inset:0';
  const prefersReducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = createMap({ container: element, style: options.look, camera: savedCamera(), bounds: boundsOf(options.home) ?? JAPAN, prefersReducedMotion, title: options.title });
  const view = createAccountView(map);
  const route = createRouteLine(map, options.look.theme);
  let look = options.look;
  let listeners: StageListeners | null = null;

  map.on('style.load', () => {
    view.refresh();
    route.refresh(look.theme);
  });
  map.on('moveend', () => {
    saveCamera(map);
    listeners?.onrest(view.bounds());
  });
  listenForPress(map, (press) => listeners?.onpress(press));
  tellWhetherDrawn(map, element);

  return {
    map,
    view,
    route,
    attach(parent, next) {
      listeners = next;
      parent.append(element);
      map.resize();
      return () => {
        if (listeners === next) listeners = null;
        element.remove();
      };
    },
    setLook(next) {
      if (next.theme === look.theme && next.locale === look.locale && next.overlay === look.overlay) return;
      look = next;
      map.setStyle(styleOf(next));
      view.refresh();
      route.refresh(next.theme);
    },
    placeAt({ x, y }) {
      const { lng, lat } = map.unproject([x, y]);
      return { lon: lng, lat };
    },
    flyTo(place, { padding, minZoom }) {
      // An offset, not a padding: MapLibre would keep the padding for every later move.
      const offset: [number, number] = [(padding.left - padding.right) / 2, (padding.top - padding.bottom) / 2];
      map.flyTo({ center: [place.lon, place.lat], zoom: Math.max(map.getZoom(), minZoom), offset, duration: FLIGHT_MS });
    },
    reveal(place, padding) {
      const { x, y } = map.project([place.lon, place.lat]);
      const { clientWidth, clientHeight } = map.getContainer();
      const outside = (at: number, low: number, high: number) => (at < low ? at - low : at > high ? at - high : 0);
      const dx = outside(x, padding.left, clientWidth - padding.right);
      const dy = outside(y, padding.top, clientHeight - padding.bottom);
      if (dx || dy) map.panBy([dx, dy], { duration: FLIGHT_MS });
    },
    frame(places, padding) {
      const box = boundsOf(places);
      if (box) map.fitBounds(toLngLatBounds(box), { padding, maxZoom: 17, duration: FLIGHT_MS });
    },
    mark(place, label, onmove) {
      const marker = new Marker({ element: pinElement(label), draggable: onmove !== undefined, anchor: 'bottom' }).setLngLat([place.lon, place.lat]).addTo(map);
      marker.on('drag', () => {
        const { lng, lat } = marker.getLngLat();
        onmove?.({ lon: lng, lat });
      });
      return {
        moveTo: (to) => void marker.setLngLat([to.lon, to.lat]),
        remove: () => void marker.remove(),
      };
    },
  };
}
