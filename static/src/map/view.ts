/** Keeps the map's pins and donuts in step with the accounts, the scale and the camera: the one object the map screen talks to. */
import type { GeoJSONSource, Map as MapLibre, PointLike } from 'maplibre-gl';
import { clusterAccounts, zoomStep, type Cluster } from './clusters';
import { pinOf, reachOf, toFeatures, toPins, type Drawing, type MapAccount, type PlacedPin } from './features';
import type { Ring } from './lasso';
import { ABOVE_PINS, LAYER, SOURCE } from './layers';
import { createPinLayer } from './pinlayer';
import { roomKey } from './pins';
import { applyTiles, TILE_LAYER, type Tiled } from './tilelayers';
import { circleAround, grow, isWithin, type Bounds, type Position } from './projection';

/** Half the width of the chosen account's pin, in CSS pixels. */
const SELECTED_REACH = 29;
/** How far around the finger a pin still counts as hit, in CSS pixels. */
const TOUCH_PX = 24;
/** Clusters are made for the view and this share of it on each side, so that a small pan needs nothing new. */
const MARGIN = 0.6;

export type Hit =
  | { kind: 'account'; id: string }
  | { kind: 'cluster'; accounts: readonly MapAccount[] }
  /** A cluster of the server's tiles: its members are not known here. */
  | { kind: 'far_cluster'; place: Position }
  | null;

export interface Fix extends Position {
  accuracy_m: number;
}

export interface AccountView {
  /** Replace what is drawn. Cheap: only what is in view becomes features. */
  show(accounts: readonly MapAccount[], drawing: Drawing): void;
  /** Draw accounts from the server's tiles as well: while the phone does not hold them all. */
  showTiles(tiled: Tiled | null): void;
  select(account: MapAccount | null): void;
  showPosition(fix: Fix | null): void;
  /** The line that was drawn round accounts. */
  showRing(ring: Ring | null): void;
  hit(point: { x: number; y: number }): Hit;
  /** Draw all again: a style that has just been set has lost what was drawn. */
  refresh(): void;
  bounds(): Bounds;
}

const noFeatures = { type: 'FeatureCollection' as const, features: [] };

const boxAround = (point: { x: number; y: number }): [PointLike, PointLike] => [
  [point.x - TOUCH_PX, point.y - TOUCH_PX],
  [point.x + TOUCH_PX, point.y + TOUCH_PX],
];

export function createAccountView(map: MapLibre): AccountView {
  const pins = createPinLayer(map);
  let accounts: readonly MapAccount[] = [];
  let drawing: Drawing | null = null;
  let selected: MapAccount | null = null;
  let fix: Fix | null = null;
  let ring: Ring | null = null;
  let tiled: Tiled | null = null;
  /** By the id of their first account. */
  let clusters = new Map<string, Cluster<MapAccount>>();
  let covered: { bounds: Bounds; step: number } | null = null;

  // Before the first style is there, nothing can be drawn; refresh() is called once it is.
  const isReady = () => map.getSource(SOURCE.accounts) !== undefined;
  const source = (name: string) => map.getSource<GeoJSONSource>(name);

  function bounds(): Bounds {
    const box = map.getBounds();
    return { west: box.getWest(), south: box.getSouth(), east: box.getEast(), north: box.getNorth() };
  }

  function draw(): void {
    if (!drawing || !isReady()) return;
    covered = { bounds: grow(bounds(), MARGIN), step: zoomStep(map.getZoom()) };
    // The chosen account stands alone above the others, never inside a donut.
    const others = selected ? accounts.filter((account) => account.id !== selected?.id) : accounts;
    const found = clusterAccounts(others, { bounds: covered.bounds, zoom: covered.step });
    clusters = new Map(found.map((cluster) => [cluster.members[0]?.id ?? '', cluster]));
    if (!map.getLayer(pins.id)) map.addLayer(pins, ABOVE_PINS);
    pins.show([...toPins(found, drawing), ...chosenPin(drawing)]);
    void source(SOURCE.accounts)?.setData(toFeatures(found));
  }

  function chosenPin(as: Drawing): PlacedPin[] {
    const { lon, lat } = selected ?? { lon: null, lat: null };
    return selected && lon !== null && lat !== null ? [{ lon, lat, key: pinOf(selected, as, { selected: true }) }] : [];
  }

  let isSelectedDrawn = false;

  function drawSelected(): void {
    if (!drawing || !isReady()) return;
    // Nothing in place of nothing would cost the map's worker as much as a pin, at every press on a filter.
    if (!selected && !isSelectedDrawn) return;
    isSelectedDrawn = selected !== null;
    const features = chosenPin(drawing).map(({ lon, lat }) => ({ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [lon, lat] }, properties: { room: roomKey(SELECTED_REACH) } }));
    void source(SOURCE.selected)?.setData({ ...noFeatures, features });
  }

  function drawPosition(): void {
    if (!isReady()) return;
    if (!fix) {
      void source(SOURCE.position)?.setData(noFeatures);
      return;
    }
    void source(SOURCE.position)?.setData({
      type: 'FeatureCollection',
      features: [
        { type: 'Feature', geometry: { type: 'Polygon', coordinates: [circleAround(fix, fix.accuracy_m)] }, properties: {} },
        { type: 'Feature', geometry: { type: 'Point', coordinates: [fix.lon, fix.lat] }, properties: {} },
      ],
    });
  }

  function drawRing(): void {
    if (!isReady()) return;
    const corners = ring ? [...ring, ...ring.slice(0, 1)].map(({ lon, lat }) => [lon, lat]) : [];
    const features = ring ? [{ type: 'Feature' as const, geometry: { type: 'Polygon' as const, coordinates: [corners] }, properties: {} }] : [];
    void source(SOURCE.ring)?.setData({ ...noFeatures, features });
  }

  function onMove(): void {
    if (!covered || covered.step !== zoomStep(map.getZoom()) || !isWithin(covered.bounds, bounds())) draw();
  }
  map.on('move', onMove);
  map.on('resize', draw);

  function nearest(point: { x: number; y: number }): Cluster<MapAccount> | null {
    let best: { cluster: Cluster<MapAccount>; gap: number } | null = null;
    for (const cluster of clusters.values()) {
      const pixel = map.project([cluster.lon, cluster.lat]);
      const gap = Math.hypot(pixel.x - point.x, pixel.y - point.y) - reachOf(cluster);
      if (gap <= TOUCH_PX && (!best || gap < best.gap)) best = { cluster, gap };
    }
    return best?.cluster ?? named(point);
  }

  /** The account whose name, beside its pin, is under the finger. */
  function named(point: { x: number; y: number }): Cluster<MapAccount> | null {
    const [feature] = map.queryRenderedFeatures(boxAround(point), { layers: [LAYER.names] });
    return clusters.get(String(feature?.properties['first'])) ?? null;
  }

  function hitTile(point: { x: number; y: number }): Hit {
    const [feature] = tiled ? map.queryRenderedFeatures(boxAround(point), { layers: [TILE_LAYER.pins, TILE_LAYER.clusters] }) : [];
    if (feature?.geometry.type !== 'Point') return null;
    const [lon = 0, lat = 0] = feature.geometry.coordinates;
    const id: unknown = feature.properties['id'];
    return typeof id === 'string' ? { kind: 'account', id } : { kind: 'far_cluster', place: { lon, lat } };
  }

  return {
    bounds,
    showTiles(next) {
      tiled = next;
      if (!isReady()) return;
      if (next) applyTiles(map, next);
      // The phone's own pins are drawn first: nothing blinks at the change-over.
      else void map.once('idle', () => tiled ?? applyTiles(map, null));
    },
    show(next, nextDrawing) {
      accounts = next;
      drawing = nextDrawing;
      draw();
      drawSelected();
    },
    select(account) {
      selected = account;
      draw();
      drawSelected();
    },
    showPosition(next) {
      fix = next;
      drawPosition();
    },
    showRing(next) {
      ring = next;
      drawRing();
    },
    hit(point) {
      if (!isReady()) return null;
      const cluster = nearest(point);
      const first = cluster?.members[0];
      if (!cluster || !first) return hitTile(point);
      return cluster.members.length === 1 ? { kind: 'account', id: first.id } : { kind: 'cluster', accounts: cluster.members };
    },
    refresh() {
      isSelectedDrawn = false;
      if (isReady()) applyTiles(map, tiled);
      draw();
      drawSelected();
      drawPosition();
      drawRing();
    },
  };
}
