/** The organisation's own basemap file: reads its header and says how it is to be drawn. Loaded only where one is set. */
import { addProtocol } from 'maplibre-gl';
import { PMTiles, Protocol, TileType } from 'pmtiles';
import { layersFor, rasterOverlay } from './overlays';
import type { Theme } from '../core/theme';
import type { Overlay } from './style';

const protocol = new Protocol();
let isRegistered = false;

function layerNames(metadata: unknown): string[] {
  const layers: unknown = typeof metadata === 'object' && metadata !== null && 'vector_layers' in metadata ? metadata.vector_layers : [];
  if (!Array.isArray(layers)) return [];
  return layers.flatMap((layer: unknown) => (typeof layer === 'object' && layer !== null && 'id' in layer && typeof layer.id === 'string' ? [layer.id] : []));
}

/** The file as this phone keeps it whole, read piece by piece; null where it does not. */
async function keptFile(url: string): Promise<PMTiles | null> {
  const kept = typeof caches === 'undefined' ? undefined : await caches.match(url);
  if (!kept) return null;
  const blob = await kept.blob();
  return new PMTiles({ getKey: () => url, getBytes: async (offset, length) => ({ data: await blob.slice(offset, offset + length).arrayBuffer() }) });
}

/** Open the file and return it as an overlay. Throws when it cannot be reached or read. */
export async function pmtilesOverlay(options: { url: string; theme: Theme; locale: 'ja' | 'en' }): Promise<Overlay> {
  if (!isRegistered) {
    addProtocol('pmtiles', protocol.tile);
    isRegistered = true;
  }
  const file = protocol.get(options.url) ?? (await keptFile(options.url)) ?? new PMTiles(options.url);
  protocol.add(file);
  const header = await file.getHeader();
  const tiles = `pmtiles://${options.url}/{z}/{x}/{y}`;
  if (header.tileType !== TileType.Mvt) return rasterOverlay({ url: tiles, theme: options.theme, maxzoom: header.maxZoom });
  const names = layerNames(await file.getMetadata());
  return {
    sources: { overlay: { type: 'vector', tiles: [tiles], minzoom: header.minZoom, maxzoom: header.maxZoom } },
    layers: layersFor(names, options),
  };
}
