/** Which screen an address shows: the five places at once, what lies below them when it is opened. */
import type { Component } from 'svelte';
import { moreWords } from './core/i18n/i18n.svelte';
import type { Place } from './core/router.svelte';

type Load = () => Promise<{ default: Component }>;

const PLACES: readonly Place[] = ['map', 'lists', 'today', 'team', 'more'];

/** Load a screen together with the words that only such screens say. */
const worded =
  <T>(load: () => Promise<T>) =>
  async (): Promise<T> => {
    const [screen] = await Promise.all([load(), moreWords()]);
    return screen;
  };

const identity = (name: 'people' | 'teams' | 'security' | 'tokens'): Load => worded(async () => ({ default: (await import('./identity/screens')).screens[name] }));

const PAGES: Record<string, Load> = {
  team: worded(() => import('./territories/CoverageScreen.svelte')),
  'team/day': worded(() => import('./team/TeamScreen.svelte')),
  more: worded(() => import('./more/MoreScreen.svelte')),
  'more/outbox': worded(() => import('./more/OutboxScreen.svelte')),
  'more/conflicts': worded(() => import('./more/ConflictsScreen.svelte')),
  'more/storage': worded(() => import('./more/StorageScreen.svelte')),
  'more/devices': worded(() => import('./devices/DevicesScreen.svelte')),
  'more/settings': worded(() => import('./settings/SettingsScreen.svelte')),
  'more/people': identity('people'),
  'more/teams': identity('teams'),
  'more/calendars': worded(() => import('./appointments/CalendarScreen.svelte')),
  'more/security': identity('security'),
  'more/tokens': identity('tokens'),
  'more/audit': worded(() => import('./auditlog/AuditScreen.svelte')),
  'more/help': worded(() => import('./more/HelpScreen.svelte')),
  'more/about': worded(() => import('./more/AboutScreen.svelte')),
};
const editAccount: Load = worded(() => import('./accounts/AccountEdit.svelte'));
const mergeAccounts: Load = worded(() => import('./accounts/MergeScreen.svelte'));
const imports: Load = worded(() => import('./imports/ImportsScreen.svelte'));

export const lists = worded(() => import('./lists/ListsScreen.svelte'));
export const account = worded(() => import('./accounts/AccountPage.svelte'));
export const visit = worded(() => import('./visits/VisitSheet.svelte'));
export const map = worded(() => import('./mapscreen/MapScreen.svelte'));
export const amend = worded(() => import('./visits/AmendSheet.svelte'));
export const appointments = worded(() => import('./appointments/AppointmentsCard.svelte'));
export const route = worded(() => import('./planning/RouteCard.svelte'));
export const around = worded(() => import('./planning/AroundCard.svelte'));
export const attachments = worded(() => import('./visits/attachments/Thumbs.svelte'));
/** The drawing itself, by far the largest part: the map's screen asks for it again when it is opened. */
const stage = () => import('./map/stage');

/** Begin to load what the address needs while the store is still being opened. */
export function prepare(path: string): void {
  const segments = path.split('/').filter(Boolean);
  const loads: (() => Promise<unknown>)[] = [];
  if (placeOf(segments[0]) === 'lists') loads.push(lists);
  if (segments[0] === 'accounts') loads.push(account);
  if (placeOf(segments[0]) === 'today') loads.push(appointments, route, around);
  const page = pageOf(segments);
  if (page) loads.push(page);
  // A failure here is shown where the screen is opened.
  for (const load of loads) load().catch(() => undefined);
}

/** Load what comes next, once the first screen stands: the account and the visit first, the map last. */
export async function prepareRest(): Promise<void> {
  for (const load of [account, visit, lists, amend, map, stage, route, around]) await load().catch(() => undefined);
}

/** The tab under which an address belongs. */
export function placeOf(head: string | undefined): Place {
  if (head === 'accounts') return 'lists';
  if (head === 'imports') return 'more';
  return PLACES.find((place) => place === head) ?? 'today';
}

/** The screen of its own that an address opens; null where a place itself, or an account beside its list, is shown. */
export function pageOf(segments: string[]): Load | null {
  const [head = '', second, third] = segments;
  if (head === 'accounts' && third === 'merge') return mergeAccounts;
  if (head === 'accounts') return second === 'new' || third === 'edit' ? editAccount : null;
  if (head === 'imports') return imports;
  return PAGES[second ? `${head}/${second}` : head] ?? PAGES[head] ?? null;
}
