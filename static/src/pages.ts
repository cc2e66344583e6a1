/** Which screen an address shows: the five places at once, what lies below them when it is opened. */
import type { Component } from 'svelte';
import type { Place } from './core/router.svelte';

type Load = () => Promise<{ default: Component }>;

const PLACES: readonly Place[] = ['map', 'lists', 'today', 'team', 'more'];

const PAGES: Record<string, Load> = {
  team: () => import('./team/TeamScreen.svelte'),
  more: () => import('./more/MoreScreen.svelte'),
  'more/outbox': () => import('./more/OutboxScreen.svelte'),
  'more/settings': () => import('./settings/SettingsScreen.svelte'),
  'more/help': () => import('./more/HelpScreen.svelte'),
  'more/about': () => import('./more/AboutScreen.svelte'),
};
const editAccount: Load = () => import('./accounts/AccountEdit.svelte');
const imports: Load = () => import('./imports/ImportsScreen.svelte');

/** The tab under which an address belongs. */
export function placeOf(head: string | undefined): Place {
  if (head === 'accounts') return 'lists';
  if (head === 'imports') return 'more';
  return PLACES.find((place) => place === head) ?? 'today';
}

/** The screen of its own that an address opens; null where a place itself, or an account beside its list, is shown. */
export function pageOf(segments: string[]): Load | null {
  const [head = '', second, third] = segments;
  if (head === 'accounts') return second === 'new' || third === 'edit' ? editAccount : null;
  if (head === 'imports') return imports;
  return PAGES[second ? `${head}/${second}` : head] ?? PAGES[head] ?? null;
}
