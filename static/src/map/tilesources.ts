/** Where kept tiles come from, and how many of them may be fetched at what pace. */
import { PROBE } from './overlays';
import { tilesOf, type Tile, type Zooms } from './area';
import type { Bounds } from './projection';

export type SourceName = 'embedded' | 'online';

/** One kind of tiles of a kept area. */
export interface TileSet {
  source: SourceName;
  /** With {z}, {x}, {y}. */
  url: string;
  zooms: Zooms;
}

export interface Pace {
  /** Tiles of one area. */
  most: number;
  /** Under way at once. */
  parallel: number;
  /** Between two, in each of the parallel rows. */
  pause_ms: number;
}

export const PACE: Record<SourceName, Pace> = {
  /** Our own server. As many as a prefecture takes down to its streets. */
  embedded: { most: 20_000, parallel: 4, pause_ms: 0 },
  /**
   * 地理院タイル. Its terms (国土地理院コンテンツ利用規約) allow copies, kept ones too, with the credit that the map shows. The institute asks not to
   * load its servers with mass downloads: so an area takes no more than an afternoon of looking around would, one tile after the other.
   */
  online: { most: 2_000, parallel: 1, pause_ms: 100 },
};

const GSI = /^https:\/\/cyberjapandata\.gsi\.go\.jp\//;

/** Whether the online map may be kept: one of the GSI's, or one that our own server gives. Others mostly forbid it. */
export const mayKeep = (url: string, origin: string): boolean => GSI.test(url) || new URL(url, origin).origin === origin;

export const tileUrl = (url: string, { z, x, y }: Tile): string => url.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y));

/** The addresses of all tiles of a set; with the online map's the one by which it is found to be there. */
export function urlsOf({ source, url, zooms }: TileSet, boxes: readonly Bounds[]): string[] {
  const tiles = tilesOf(boxes, zooms);
  return [...new Set([...(source === 'online' ? [PROBE] : []), ...tiles].map((tile) => tileUrl(url, tile)))];
}
