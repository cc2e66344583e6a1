/** Days and times as people read them. Instants are stored in UTC; a day is the organisation's day. */
import { locale, t, tn } from './i18n/i18n.svelte';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions, language: string = locale()): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(language, options)));
  return found;
}

/** The day `at` falls on in a time zone, as 2026-11-22. */
export function dayIn(timezone: string, at: Date | string): string {
  // Swedish writes dates as ISO does.
  return format({ timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv-SE').format(new Date(at));
}

/** Today on the clock of this phone, in the organisation's time zone. */
export const todayIn = (timezone: string): string => dayIn(timezone, new Date());

/** 14:32 on this phone's clock. */
export const clockTime = (at: string | number | Date): string => format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));

/** 11/22 (日) or Sun 22 Nov; with the year when it is not this one. */
export function dayText(day: string, today?: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const isOtherYear = today !== undefined && day.slice(0, 4) !== today.slice(0, 4);
  if (locale() === 'ja') {
    const weekday = format({ weekday: 'short', timeZone: 'UTC' }).format(date);
    const [year, month, dayOfMonth] = day.split('-').map(Number);
    return `${isOtherYear ? `${year}/` : ''}${month}/${dayOfMonth} (${weekday})`;
  }
  return format({ weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC', ...(isOtherYear ? { year: 'numeric' } : {}) }).format(date);
}

const NEAR_DAYS = 7;

/** Near now in words (today, yesterday, 3 days ago), beyond a week the date. */
export function nearDay(day: string, today: string): string {
  const days = Math.round((Date.parse(`${today}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / 86_400_000);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.yesterday');
  if (days === -1) return t('time.tomorrow');
  if (days > 0 && days <= NEAR_DAYS) return tn('time.days_ago', days);
  if (days < 0 && days >= -NEAR_DAYS) return tn('time.in_days', -days);
  return dayText(day, today);
}

/** 180 m, 1.1 km, 11 km. */
export function distanceText(metres: number): string {
  if (metres < 950) return `${Math.max(10, Math.round(metres / 10) * 10)} m`;
  const km = metres / 1000;
  return `${km < 9.95 ? km.toFixed(1) : Math.round(km).toLocaleString(locale())} km`;
}
