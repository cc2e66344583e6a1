/** Makes the map: MapLibre with our style, our pictures and none of its own controls. Imported lazily; everything heavy hangs on this file. */
import { LngLatBounds, Map as MapLibre, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { drawImage } from './draw';
import { grainPicture } from './grain';
import { ourLayers, ourSources } from './layers';
import type { Bounds, Position } from './projection';
import { buildStyle, GRAIN, type StyleOptions } from './style';

setWorkerUrl(workerUrl);

export interface Camera extends Position {
  zoom: number;
}

/** Japan, for a first start without accounts. */
export const JAPAN: Bounds = { west: 128.5, south: 30.2, east: 146.2, north: 45.7 };

export interface CreateOptions {
  container: HTMLElement;
  style: Omit<StyleOptions, 'origin'>;
  camera: Camera | null;
  bounds: Bounds;
  prefersReducedMotion: boolean;
  /** What screen readers call the canvas. */
  title: string;
}

export const toLngLatBounds = (bounds: Bounds): LngLatBounds => new LngLatBounds([bounds.west, bounds.south], [bounds.east, bounds.north]);

function supplyPictures(map: MapLibre): void {
  map.setMissingStyleImageResolver((id) => {
    const ratio = Math.min(3, Math.max(1, window.devicePixelRatio));
    const picture = id.startsWith(GRAIN) ? grainPicture(id, ratio) : drawImage(id, ratio);
    if (picture && !map.hasImage(id)) map.addImage(id, picture, { pixelRatio: ratio });
  });
}

/** The whole style: the basemap with our own sources and layers above it. */
export function styleOf(options: Omit<StyleOptions, 'origin'>): ReturnType<typeof buildStyle> {
  const style = buildStyle({ ...options, origin: location.origin });
  return { ...style, sources: { ...style.sources, ...ourSources() }, layers: [...style.layers, ...ourLayers(options.theme)] };
}

export function createMap(options: CreateOptions): MapLibre {
  const { camera } = options;
  const map = new MapLibre({
    container: options.container,
    style: styleOf(options.style),
    ...(camera ? { center: [camera.lon, camera.lat], zoom: camera.zoom } : { bounds: toLngLatBounds(options.bounds), fitBoundsOptions: { padding: 48, maxZoom: 14 } }),
    minZoom: 3,
    maxZoom: 19,
    attributionControl: false,
    // A rep reads the map while walking: north stays up, and two fingers only zoom.
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    maxPitch: 0,
    renderWorldCopies: false,
    fadeDuration: options.prefersReducedMotion ? 0 : 120,
    reduceMotion: options.prefersReducedMotion,
    validateStyle: false,
    clickTolerance: 6,
    maxTileCacheZoomLevels: 4,
    locale: { 'Map.Title': options.title },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  supplyPictures(map);
  return map;
}
