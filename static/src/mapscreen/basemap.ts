/** Which basemap is shown: the user's choice, what the organisation has set, and what can be reached just now. */
import type { Locale } from '../core/i18n/i18n.svelte';
import { session } from '../core/session';
import type { Theme } from '../core/theme';
import { canReach, rasterOverlay } from '../map/overlays';
import type { Overlay } from '../map/style';
import type { BasemapChoice } from './choices';

export type ShownBasemap = 'embedded' | 'online' | 'own';

export interface Basemap {
  shown: ShownBasemap;
  overlay: Overlay | null;
}

export const EMBEDDED: Basemap = { shown: 'embedded', overlay: null };

/** Asked once per address and visit to the app: a map that flickers between two basemaps is worse than either. */
const reachable = new Map<string, Promise<boolean>>();

function isReachable(url: string): Promise<boolean> {
  const known = reachable.get(url) ?? canReach(url);
  reachable.set(url, known);
  return known;
}

/** Ask again next time: the phone has come back into the network. */
export function forgetReach(): void {
  reachable.clear();
}

/** The choices that mean something in this organisation. */
export function offeredBasemaps(): BasemapChoice[] {
  const { raster_url, pmtiles_url } = session().basemap;
  const offered: BasemapChoice[] = ['auto', 'embedded'];
  if (raster_url) offered.push('online');
  if (pmtiles_url) offered.push('own');
  return offered;
}

async function ownMap(options: { theme: Theme; locale: Locale }): Promise<Basemap | null> {
  const url = session().basemap.pmtiles_url;
  if (!url) return null;
  try {
    const { pmtilesOverlay } = await import('../map/pmtiles');
    return { shown: 'own', overlay: await pmtilesOverlay({ url: new URL(url, location.origin).href, ...options }) };
  } catch {
    // Out of reach or not a map: the next best is shown instead.
    return null;
  }
}

async function onlineMap(theme: Theme): Promise<Basemap | null> {
  const url = session().basemap.raster_url;
  if (!url || !(await isReachable(url))) return null;
  return { shown: 'online', overlay: rasterOverlay({ url, theme }) };
}

/** Return the basemap for a choice; what cannot be reached gives way, silently, to the embedded one. */
export async function basemapFor(choice: BasemapChoice, options: { theme: Theme; locale: Locale }): Promise<Basemap> {
  if (choice === 'embedded') return EMBEDDED;
  const own = choice === 'online' ? null : await ownMap(options);
  if (own) return own;
  return (choice === 'own' ? null : await onlineMap(options.theme)) ?? EMBEDDED;
}

/** The line of credits a basemap obliges us to show. */
export function creditsOf(shown: ShownBasemap, embedded: string): string {
  return shown === 'online' ? (session().basemap.raster_attribution ?? '') : embedded;
}
