/** Hand-over to the device's own navigation: the address that opens it with the way to a place. */
import type { NavigationApp } from '../core/device';

export interface Destination {
  name: string;
  lon: number | null;
  lat: number | null;
  address: string | null;
  /** The point is the town's or less: the navigation's own search, given the address, knows the house better. */
  is_approximate: boolean;
}

/** Return the link for an app, or null where neither point nor address is known. */
export function navigationUrl(app: NavigationApp, destination: Destination): string | null {
  const { lon, lat, address, is_approximate, name } = destination;
  // These addresses want the latitude first.
  const point = lon === null || lat === null ? null : `${lat.toFixed(6)},${lon.toFixed(6)}`;
  const place = is_approximate && address ? address : (point ?? address);
  if (!place) return null;
  switch (app) {
    case 'apple':
      return `https://maps.apple.com/?daddr=${encodeURIComponent(place)}&dirflg=d`;
    case 'geo':
      return `geo:${point ?? '0,0'}?q=${place === point ? `${point}(${encodeURIComponent(name)})` : encodeURIComponent(place)}`;
    case 'google':
      return `https://www.google.com/maps/dir/?api=1&destination=${encodeURIComponent(place)}&travelmode=driving`;
  }
}
