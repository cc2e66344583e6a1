/** When an appointment is, as people say it; hours are the organisation's. */
import { t } from '../core/i18n/i18n.svelte';
import { session } from '../core/session';
import { dayIn, dayText } from '../core/time';
import { hourIn } from './rules';
import type { Times } from './wire';

/** 10:00–11:30, or the whole day; from and to their days where it is of several. */
export function hoursText(time: Times): string {
  const { timezone } = session().organisation;
  const first = dayIn(timezone, time.starts_at);
  const last = dayIn(timezone, time.is_all_day ? new Date(Date.parse(time.ends_at) - 1) : time.ends_at);
  if (time.is_all_day) return first === last ? t('appointments.all_day') : `${dayText(first)} – ${dayText(last)}`;
  const [from, until] = [hourIn(timezone, time.starts_at), hourIn(timezone, time.ends_at)];
  return first === last ? `${from}–${until}` : `${dayText(first)} ${from} – ${dayText(last)} ${until}`;
}

/** The same with its day. */
export function whenText(time: Times, today: string): string {
  const { timezone } = session().organisation;
  const first = dayIn(timezone, time.starts_at);
  const hours = hoursText(time);
  // Of several days it has them already.
  return hours.includes(dayText(first)) ? hours : `${dayText(first, today)} ${hours}`;
}
