/** The route as a text: for a colleague, a customer's desk, or oneself. */
import { t } from '../core/i18n/i18n.svelte';
import { dayText } from '../core/time';
import type { DayRoute } from './dayroute';
import { momentOf } from './opening';

export function tellRoute(route: DayRoute, { nameOf, day, link }: { nameOf: (id: string) => string; day: string; link: string }): string {
  const done = route.done.map(({ account_id, at_s }) => `${momentOf(at_s)} ${nameOf(account_id)} ✓`);
  const left = route.timed.stops.map((stop) => `${momentOf(stop.start)} ${nameOf(stop.id)}`);
  const title = `${t('plan.title')} ${dayText(day)}${route.is_estimated ? ` ・ ${t('plan.estimated')}` : ''}`;
  return [title, ...done, ...left, `${momentOf(route.timed.end)} ${t('plan.end_place')}`, link].filter(Boolean).join('\n');
}
