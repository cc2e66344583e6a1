/** Taps and long presses on the map, told apart the same way for fingers, mice and keys. */
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { Position } from './projection';

export interface Press {
  kind: 'tap' | 'hold';
  /** Pixels from the map's top left corner. */
  point: { x: number; y: number };
  place: Position;
}

const HOLD_MS = 520;
/** A finger that holds still trembles this much. */
const SLACK_PX = 9;
/** A long press ends in a click or a context menu of its own: not a second press. */
const DEAF_AFTER_HOLD_MS = 700;

type Where = Pick<MapMouseEvent | MapTouchEvent, 'point' | 'lngLat'>;

const toPress = (kind: Press['kind'], { point, lngLat }: Where): Press => ({ kind, point: { x: point.x, y: point.y }, place: { lon: lngLat.lng, lat: lngLat.lat } });

/** Report taps (click) and holds (long press, right click, the N key at the map's centre). */
export function listenForPress(map: MapLibre, report: (press: Press) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heldAt = -Infinity;
  let touchedAt = 0;

  const hold = (where: Where) => {
    heldAt = performance.now();
    if ('vibrate' in navigator) navigator.vibrate(12);
    report(toPress('hold', where));
  };
  const stop = () => clearTimeout(timer);
  /** However long a finger stays down: what its lifting sets off is still part of the hold. */
  const lift = () => {
    stop();
    if (heldAt > touchedAt) heldAt = performance.now();
  };
  const isDeaf = () => performance.now() - heldAt < DEAF_AFTER_HOLD_MS;

  map.on('touchstart', (event) => {
    stop();
    touchedAt = performance.now();
    if (event.points.length === 1) timer = setTimeout(() => hold(event), HOLD_MS);
  });
  let start = { x: 0, y: 0 };
  map.on('touchstart', (event) => (start = event.point));
  map.on('touchmove', (event) => {
    if (Math.hypot(event.point.x - start.x, event.point.y - start.y) > SLACK_PX) stop();
  });
  map.on('touchend', lift);
  map.on('touchcancel', lift);
  map.on('movestart', stop);

  map.on('contextmenu', (event) => {
    event.preventDefault();
    stop();
    if (!isDeaf()) hold(event);
  });
  map.on('click', (event) => {
    if (!isDeaf()) report(toPress('tap', event));
  });
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'n' || event.key === 'N') {
      const lngLat = map.getCenter();
      hold({ lngLat, point: map.project(lngLat) });
    }
  });
}
