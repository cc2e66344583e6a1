/** Opening hours: reading them aloud, and editing them as a person writes them. */
import type { Key } from '../core/i18n/i18n.svelte';
import { WEEKDAYS, type Account } from './wire';

export type Hours = NonNullable<Account['opening_hours']>;
export type Weekday = (typeof WEEKDAYS)[number];

export const WEEKDAY_KEYS: Record<Weekday, Key> = {
  mon: 'weekday.mon',
  tue: 'weekday.tue',
  wed: 'weekday.wed',
  thu: 'weekday.thu',
  fri: 'weekday.fri',
  sat: 'weekday.sat',
  sun: 'weekday.sun',
};

export interface HoursLine {
  days: string;
  times: string;
}

const spansText = (spans: [string, string][]): string => spans.map(([from, to]) => `${from}–${to}`).join(', ');

/** One line for each run of days with the same hours: 月–金 09:00–12:00, 13:00–17:00. */
export function hoursLines(hours: Hours | null, t: (key: Key) => string): HoursLine[] {
  if (!hours) return [];
  const lines: { from: Weekday; to: Weekday; times: string }[] = [];
  for (const day of WEEKDAYS) {
    const times = spansText(hours[day] ?? []);
    const last = lines.at(-1);
    if (last && last.times === times) last.to = day;
    else lines.push({ from: day, to: day, times });
  }
  return lines
    .filter((line) => line.times)
    .map(({ from, to, times }) => ({ days: from === to ? t(WEEKDAY_KEYS[from]) : `${t(WEEKDAY_KEYS[from])}–${t(WEEKDAY_KEYS[to])}`, times }));
}

/** Spans as typed ("9:00-12:00, 13:00-17:00"); null when that cannot be read. */
export function readSpans(typed: string): [string, string][] | null {
  const plain = typed.normalize('NFKC').replace(/[~〜\u2010-\u2015\u2212]/g, '-').trim();
  if (!plain) return [];
  const spans: [string, string][] = [];
  for (const part of plain.split(/[,、]/)) {
    const match = /^\s*(\d{1,2}):?(\d{2})?\s*-\s*(\d{1,2}):?(\d{2})?\s*$/.exec(part);
    if (!match) return null;
    const from = clock(match[1], match[2]);
    const to = clock(match[3], match[4]);
    if (!from || !to || from >= to) return null;
    spans.push([from, to]);
  }
  return spans;
}

export const writeSpans = (spans: [string, string][]): string => spans.map(([from, to]) => `${from}-${to}`).join(', ');

function clock(hours: string | undefined, minutes: string | undefined): string | null {
  const hour = Number(hours);
  const minute = Number(minutes ?? 0);
  if (hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
