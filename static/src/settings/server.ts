/** What of maps and address look-up is chosen, and what may be: on the server only. */
import { request } from '../core/http';
import { flag, listOf, nullable, object, oneOf, text, type Parsed } from '../core/parse';

const parseMapSettings = object({
  basemap_online: oneOf('server', 'own', 'none'),
  basemap_raster_url: nullable(text),
  basemap_credit: nullable(text),
  basemap_pmtiles_url: nullable(text),
  geocode_online: flag,
  server_map: nullable(text),
  servers: listOf(text),
  geocoder: nullable(text),
});

export type MapSettings = Parsed<typeof parseMapSettings>;

export const fetchMapSettings = (): Promise<MapSettings> => request('GET', '/api/map-settings', parseMapSettings);
