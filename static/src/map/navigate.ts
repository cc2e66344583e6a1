/** Hand-over to the phone's own navigation: the addresses that open it at a place. */
import type { Position } from './projection';

export type NavigationApp = 'google' | 'apple' | 'geo';

export interface Destination extends Position {
  name: string;
  /** Used instead of the position when that is only approximate: the navigation's own search knows the house. */
  address?: string | null;
  is_approximate?: boolean;
}

function target(destination: Destination): string {
  if (destination.is_approximate && destination.address) return destination.address;
  return `${destination.lat.toFixed(6)},${destination.lon.toFixed(6)}`;
}

export function navigationUrl(app: NavigationApp, destination: Destination): string {
  const place = encodeURIComponent(target(destination));
  const { lat, lon, name } = destination;
  switch (app) {
    case 'apple':
      return `https://maps.apple.com/?daddr=${place}&dirflg=d`;
    case 'geo':
      return `geo:${lat.toFixed(6)},${lon.toFixed(6)}?q=${destination.is_approximate && destination.address ? place : `${lat.toFixed(6)},${lon.toFixed(6)}(${encodeURIComponent(name)})`}`;
    case 'google':
      return `https://www.google.com/maps/dir/?api=1&destination=${place}&travelmode=driving`;
  }
}

export interface Device {
  userAgent: string;
  maxTouchPoints: number;
}

/** The apps worth offering on a device, the most likely one first. */
export function navigationApps(device: Device): NavigationApp[] {
  // An iPad calls itself a Macintosh; only the touch points tell.
  const isApple = /iPhone|iPad|iPod/.test(device.userAgent) || (/Macintosh/.test(device.userAgent) && device.maxTouchPoints > 1);
  if (isApple) return ['apple', 'google'];
  return /Android/.test(device.userAgent) ? ['google', 'geo'] : ['google'];
}
