/** Accounts as pins and donuts, each named by its picture, and as what the map's own words must give way to. */
import type { Feature, FeatureCollection, Point } from 'geojson';
import type { Cluster } from './clusters';
import { DONUT_RADIUS, donutKey, donutSize } from './donuts';
import type { Theme } from '../core/theme';
import { pinKey, roomKey } from './pins';
import type { Scale, Scaled } from './scales';

/** What the map needs of an account; the lists' rows have it all. */
export interface MapAccount extends Scaled {
  id: string;
  name: string;
  lon: number | null;
  lat: number | null;
  is_approximate: boolean;
  due_on: string | null;
}

export interface Drawing {
  scale: Scale;
  theme: Theme;
  /** Today in the organisation's time zone: what is overdue is measured against it. */
  today: string;
}

/** A pin or a donut in its place, by the name of its picture. */
export interface PlacedPin {
  lon: number;
  lat: number;
  key: string;
}

/** What MapLibre is told of a pin that we draw ourselves: the room it takes, and the name beside it. */
export interface RoomProperties {
  /** The id of the first account inside: what a tap on the name looks the cluster up by. */
  first: string;
  room: string;
  name: string;
  sort: number;
}

/** Names stand beside pins from this zoom up. */
export const NAMES_FROM_ZOOM = 14.5;

export function pinOf(account: MapAccount, drawing: Drawing, options: { selected: boolean }): string {
  const band = drawing.scale.bands[drawing.scale.bandOf(account)];
  return pinKey({
    colour: band?.colour ?? '#6b7785',
    shape: band?.shape ?? 'circle',
    letter: drawing.scale.letterOf?.(account) ?? band?.letter ?? '',
    win: account.win_prob ?? 0,
    overdue: account.due_on !== null && account.due_on < drawing.today,
    approximate: account.is_approximate,
    selected: options.selected,
    theme: drawing.theme,
  });
}

function donutOf(members: readonly MapAccount[], drawing: Drawing): string {
  const counts = drawing.scale.bands.map(() => 0);
  for (const member of members) {
    const at = drawing.scale.bandOf(member);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const shares = drawing.scale.bands.map((band, at) => ({ colour: band.colour, n: counts[at] ?? 0 }));
  return donutKey({ shares, n: members.length, theme: drawing.theme });
}

const PIN_REACH = 22;
const onlyOf = (cluster: Cluster<MapAccount>): MapAccount | undefined => (cluster.members.length === 1 ? cluster.members[0] : undefined);

/** How far from its middle a pin or donut reaches, in CSS pixels. */
export const reachOf = (cluster: Cluster<unknown>): number => (cluster.members.length === 1 ? PIN_REACH : DONUT_RADIUS[donutSize(cluster.members.length)]);

export function toPins(clusters: readonly Cluster<MapAccount>[], drawing: Drawing): PlacedPin[] {
  return clusters.map((cluster) => {
    const only = onlyOf(cluster);
    return { lon: cluster.lon, lat: cluster.lat, key: only ? pinOf(only, drawing, { selected: false }) : donutOf(cluster.members, drawing) };
  });
}

function toFeature(cluster: Cluster<MapAccount>): Feature<Point, RoomProperties> {
  const n = cluster.members.length;
  const only = onlyOf(cluster);
  const properties: RoomProperties = {
    first: cluster.members[0]?.id ?? '',
    room: roomKey(reachOf(cluster)),
    name: only?.name ?? '',
    sort: only ? (only.win_prob ?? 0) : 100 + Math.min(n, 1e6),
  };
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [cluster.lon, cluster.lat] }, properties };
}

export function toFeatures(clusters: readonly Cluster<MapAccount>[]): FeatureCollection<Point, RoomProperties> {
  return { type: 'FeatureCollection', features: clusters.map(toFeature) };
}
