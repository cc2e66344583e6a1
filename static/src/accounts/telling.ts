/** Fields and values told in the user's language, with the organisation's own names. */
import { whenText } from '../appointments/wording';
import { parseTimes } from '../appointments/wire';
import { locale, t } from '../core/i18n/i18n.svelte';
import { session } from '../core/session';
import { clockTime, dayIn, dayText, todayIn } from '../core/time';
import { hoursLines } from './hours';
import { outcomeName, statusName, userName } from './statuses';
import { labelKey, ownName, valueText, type Words } from './values';
import { parseHours } from './wire';
import { sourceText } from './wording';

/** 11/22 (日) 14:32: a moment on the organisation's calendar and this phone's clock. */
export const momentText = (at: string): string => `${dayText(dayIn(session().organisation.timezone, at))} ${clockTime(at)}`;

function ownFieldLabel(key: string): string {
  const field = session().custom_fields.find((item) => item.key === key);
  return field ? (locale() === 'ja' ? field.label_ja : field.label_en || field.label_ja) : key;
}

const hoursText = (value: object): string => hoursLines(parseHours(value, 'opening_hours'), t).map(({ days, times }) => `${days} ${times}`).join(' / ');

/** How values are told in the user's language. */
export const valueWords: Words = {
  statusName,
  outcomeName,
  userName,
  sourceText,
  fieldLabel: ownFieldLabel,
  hours: hoursText,
  day: (day) => dayText(day),
  moment: momentText,
  times: (value) => whenText(parseTimes(value, 'time'), todayIn(session().organisation.timezone)),
  yes: () => t('common.yes'),
  no: () => t('common.no'),
};

/** 受注確度: a field of an account, or `contact.title` and the like. */
export function fieldText(field: string): string {
  const key = labelKey(field);
  return key ? t(key) : ownName(field, valueWords);
}

export const fieldValueText = (field: string, value: unknown): string => valueText(field, value, valueWords);
