/** What the server alone knows of settings: maps and address look-up, and how far a rank's new name has got. */
import { request } from '../core/http';
import { flag, listOf, nullable, number, object, oneOf, text, type Parsed } from '../core/parse';

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

const parseRanks = object({ renaming: nullable(object({ rank: text, to: text, done: number, total: number })) });

export type Renaming = NonNullable<Parsed<typeof parseRanks>['renaming']>;

/** The renaming that accounts are still following, if any. */
export const fetchRenaming = async (): Promise<Renaming | null> => (await request('GET', '/api/ranks', parseRanks)).renaming;
