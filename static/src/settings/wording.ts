/** Weekdays as these screens word them. */
import { t, type Key } from '../core/i18n/i18n.svelte';

const DAY_KEYS: readonly Key[] = ['weekday.mon', 'weekday.tue', 'weekday.wed', 'weekday.thu', 'weekday.fri', 'weekday.sat', 'weekday.sun'];

/** The name of an ISO weekday. */
export function weekdayText(day: number): string {
  const key = DAY_KEYS[day - 1];
  return key ? t(key) : '';
}
