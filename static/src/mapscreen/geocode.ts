/** Asking the server for places: an address by its name, and the address of a point. */
import { request } from '../core/http';
import { nullable, number, object, text, type Parsed } from '../core/parse';
import type { Position } from '../map/projection';

const parseLocated = object({ lon: nullable(number), lat: nullable(number), level: nullable(text), matched: nullable(text) });

const parseAddress = object({ address: nullable(text), prefecture: nullable(text), municipality: nullable(text), town: nullable(text) });

export type FoundAddress = Parsed<typeof parseAddress>;

export interface FoundPlace extends Position {
  label: string;
  /** How near to look: a town is looked at from nearer than a prefecture. */
  zoom: number;
}

const ZOOM_OF_LEVEL: Record<string, number> = { prefecture: 9, municipality: 12, postal: 14, town: 15, block: 16, exact: 17 };

/** Return the place of that name or address, or null when the gazetteer knows none. */
export async function findPlace(query: string): Promise<FoundPlace | null> {
  const found = await request('GET', `/api/geocode?q=${encodeURIComponent(query)}`, parseLocated, { timeoutMs: 6_000 });
  if (found.lon === null || found.lat === null) return null;
  return { lon: found.lon, lat: found.lat, label: found.matched ?? query, zoom: ZOOM_OF_LEVEL[found.level ?? ''] ?? 14 };
}

/** Return the address at a point. Throws Unreachable without a network. */
export function addressAt({ lon, lat }: Position): Promise<FoundAddress> {
  return request('GET', `/api/geocode/reverse?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`, parseAddress, { timeoutMs: 6_000 });
}
