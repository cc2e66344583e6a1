/** What the organisation's settings mean: time zones as people look for them, the days of the week. */

export interface Zone {
  name: string;
  /** Minutes ahead of UTC now. */
  offset: number;
}

/** Minutes ahead of UTC, told by a browser as GMT, GMT+09:00 or GMT-03:30. */
export function offsetOf(told: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-−])(\d{2}):(\d{2})/.exec(told) ?? [];
  return (sign === '+' ? 1 : -1) * (Number(hours) * 60 + Number(minutes));
}

/** UTC+09:00 Asia/Tokyo */
export function zoneText({ name, offset }: Zone): string {
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) => String(n).padStart(2, '0'));
  return `UTC${offset < 0 ? '-' : '+'}${hours}:${minutes} ${name.replaceAll('_', ' ')}`;
}

function nowIn(name: string, at: Date): Zone {
  const parts = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' }).formatToParts(at);
  return { name, offset: offsetOf(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '') };
}

/** Every time zone there is, from west to east; the present one also where the browser has it under another name. */
export function zones(present: string, at = new Date()): Zone[] {
  const names = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', present]);
  return [...names].map((name) => nowIn(name, at)).sort((a, b) => a.offset - b.offset || (a.name < b.name ? -1 : 1));
}

/** ISO numbers: Monday is 1. */
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Monday to Friday as a range, else the days one by one: what a person would say of them. */
export function daysText(days: readonly number[], nameOf: (day: number) => string, join: { to: string; and: string }): string {
  const [first = 0, last = 0] = [days[0], days.at(-1)];
  const isRange = days.length > 2 && last - first === days.length - 1;
  return isRange ? `${nameOf(first)}${join.to}${nameOf(last)}` : days.map(nameOf).join(join.and);
}

/** The list with one of its members a place up (-1) or down (1). */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...list];
  const [here, there] = [next[index], next[index + by]];
  if (here === undefined || there === undefined) return next;
  [next[index], next[index + by]] = [there, here];
  return next;
}

/** After all there are. */
export const nextPosition = (items: readonly { position: number }[]): number => Math.max(0, ...items.map(({ position }) => position)) + 1;

/** What programs call something whose English name this is. */
export const codeOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
