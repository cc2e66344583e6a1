/** When a visit may begin: opening hours of planned days on the plan's one axis of seconds, as the server counts them (fieldcrm/planning/opening.py). */
import { WEEKDAYS, type Account } from '../accounts/wire';
import { DAY_S, type Span } from './problem';

type Hours = Account['opening_hours'];
type Spans = readonly (readonly string[])[];

export interface CalendarDay {
  /** On the axis: it begins at number * 86,400. */
  number: number;
  date: string;
  is_holiday: boolean;
}

/** What holds for accounts of which no hours are known: these on working days, nothing on the others. */
export interface Assumed {
  spans: Spans;
  /** ISO weekdays: Monday is 1. */
  working_days: readonly number[];
}

export const USUALLY_OPEN: Spans = [['09:00', '18:00']];

export const isoWeekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay() || 7;

export const weekdayOf = (date: string): (typeof WEEKDAYS)[number] => WEEKDAYS[isoWeekday(date) - 1] ?? 'mon';

/** Return when an account is open on a day; on a public holiday as on Sundays. */
function openingOf(hours: Hours, day: CalendarDay, assumed: Assumed): Span[] {
  const isKnown = hours !== null && Object.keys(hours).length > 0;
  const isWorking = !day.is_holiday && assumed.working_days.includes(isoWeekday(day.date));
  const spans: Spans = isKnown ? (hours[day.is_holiday ? 'sun' : weekdayOf(day.date)] ?? []) : isWorking ? assumed.spans : [];
  return spans.map(([from = '', to = '']): Span => [day.number * DAY_S + secondsOf(from), day.number * DAY_S + secondsOf(to)]);
}

/**
 * Return when a visit of `service_s` may begin on the days, so that it ends before closing. Spans that meet are one.
 * A visit longer than a span begins when the account opens.
 */
export function windowsOf(hours: Hours, days: readonly CalendarDay[], { assumed, service_s }: { assumed: Assumed; service_s: number }): Span[] {
  const opened: Span[] = [];
  for (const [from, to] of days.flatMap((day) => openingOf(hours, day, assumed)).sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = opened.at(-1);
    if (last && from <= last[1]) opened[opened.length - 1] = [last[0], Math.max(last[1], to)];
    else opened.push([from, to]);
  }
  return opened.map(([from, to]) => [from, Math.max(from, to - service_s)]);
}

/** "09:30" as seconds since midnight. */
export function secondsOf(moment: string): number {
  const [hour = 0, minute = 0] = moment.split(':').map(Number);
  return hour * 3_600 + minute * 60;
}

/** Seconds since midnight as "09:30"; beyond midnight as "25:10" would be read: 01:10. */
export function momentOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
