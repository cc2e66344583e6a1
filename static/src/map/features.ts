/** Accounts as the map's features: pins and donuts, each named by the image that draws it. */
import type { Feature, FeatureCollection, Point } from 'geojson';
import type { Cluster } from './clusters';
import { DONUT_RADIUS, donutKey, donutSize, shortCount } from './donuts';
import type { Theme } from '../core/theme';
import { pinKey } from './pins';
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

export interface PinProperties {
  icon: string;
  /** The id of the first account inside: what a tap looks the cluster up by. */
  first: string;
  n: number;
  label: string;
  name: string;
  sort: number;
  reach: number;
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

function toFeature(cluster: Cluster<MapAccount>, drawing: Drawing): Feature<Point, PinProperties> {
  const n = cluster.members.length;
  const first = cluster.members[0]?.id ?? '';
  const only = n === 1 ? cluster.members[0] : undefined;
  const properties: PinProperties = only
    ? { icon: pinOf(only, drawing, { selected: false }), first, n, label: '', name: only.name, sort: only.win_prob ?? 0, reach: 22 }
    : { icon: donutOf(cluster.members, drawing), first, n, label: shortCount(n), name: '', sort: 100 + Math.min(n, 1e6), reach: DONUT_RADIUS[donutSize(n)] };
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [cluster.lon, cluster.lat] }, properties };
}

export function toFeatures(clusters: readonly Cluster<MapAccount>[], drawing: Drawing): FeatureCollection<Point, PinProperties> {
  return { type: 'FeatureCollection', features: clusters.map((cluster) => toFeature(cluster, drawing)) };
}
