/** Times and sizes as the screens below More word them. */
import { viewpoint } from '../core/author';
import { session } from '../core/session';
import { clockTime, dayIn, nearDay } from '../core/time';

/** 今日 14:32, 3日前 09:10; beyond a week the date. */
export const sinceText = (at: string): string => `${nearDay(dayIn(session().organisation.timezone, at), viewpoint().today)} ${clockTime(at)}`;

const UNITS = ['B', 'kB', 'MB', 'GB'];

/** 512 kB, 1.4 MB. */
export function sizeText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit > 1 && value < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit] ?? ''}`;
}
