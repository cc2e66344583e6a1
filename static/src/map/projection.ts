/** Web Mercator as the map uses it, boxes and circles on the ground. Longitude first, metres. */

/** Web Mercator ends here. */
export const MAX_LAT = 85.0511287798;
const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;
/** MapLibre's world is this many pixels wide at zoom 0. */
export const WORLD_PX = 512;

export interface Position {
  lon: number;
  lat: number;
}

export interface Bounds {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** 0 at 180° west, 1 at 180° east. */
export function mercatorX(lon: number): number {
  return (lon + 180) / 360;
}

/** 0 in the north, 1 in the south. */
export function mercatorY(lat: number): number {
  const sine = Math.sin(Math.min(MAX_LAT, Math.max(-MAX_LAT, lat)) * RADIANS);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

export function lonOf(x: number): number {
  return x * 360 - 180;
}

export function latOf(y: number): number {
  return (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 2) / RADIANS - 90;
}

/** A ring of points at radius_m around a position, closed: the circle of a position's accuracy. */
export function circleAround(centre: Position, radius_m: number, corners = 48): [number, number][] {
  const dLat = radius_m / EARTH_RADIUS_M / RADIANS;
  const dLon = dLat / Math.max(0.01, Math.cos(centre.lat * RADIANS));
  return Array.from({ length: corners + 1 }, (_, i) => {
    const angle = (i / corners) * 2 * Math.PI;
    return [centre.lon + dLon * Math.sin(angle), centre.lat + dLat * Math.cos(angle)];
  });
}

export function grow(bounds: Bounds, share: number): Bounds {
  const dLon = (bounds.east - bounds.west) * share;
  const dLat = (bounds.north - bounds.south) * share;
  return { west: bounds.west - dLon, south: bounds.south - dLat, east: bounds.east + dLon, north: bounds.north + dLat };
}

export function isWithin(bounds: Bounds, inner: Bounds): boolean {
  return inner.west >= bounds.west && inner.east <= bounds.east && inner.south >= bounds.south && inner.north <= bounds.north;
}

export function boundsOf(points: Iterable<Position>): Bounds | null {
  let bounds: Bounds | null = null;
  for (const { lon, lat } of points) {
    if (bounds === null) bounds = { west: lon, south: lat, east: lon, north: lat };
    else {
      bounds.west = Math.min(bounds.west, lon);
      bounds.east = Math.max(bounds.east, lon);
      bounds.south = Math.min(bounds.south, lat);
      bounds.north = Math.max(bounds.north, lat);
    }
  }
  return bounds;
}
