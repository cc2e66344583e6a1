/** Lines about an account as the screens word them. */
import { t, tn, type Key } from '../core/i18n/i18n.svelte';
import { dayIn, dayText, nearDay } from '../core/time';
import { daysBetween, isOverdue } from './rules';
import { outcomeName } from './statuses';
import type { Precision } from './wire';

interface Clock {
  today: string;
  timezone: string;
}

/** 最終訪問 34日前 (10/19 月)「面談」, or that there was none. */
export function lastVisitText(account: { last_visit_at: string | null; last_outcome: number | null }, { today, timezone }: Clock): string {
  if (!account.last_visit_at) return t('account.never_visited');
  const day = dayIn(timezone, account.last_visit_at);
  const days = daysBetween(day, today);
  const when = days > 7 ? `${tn('time.days_ago', days)} ${t('account.on_day', { day: dayText(day, today) })}` : nearDay(day, today);
  const outcome = account.last_outcome === null ? '' : t('account.outcome_quoted', { outcome: outcomeName(account.last_outcome) });
  return t('account.last_visit', { when, outcome });
}

/** 4日超過, or null when nothing is overdue. */
export function overdueText(due_on: string | null, today: string): string | null {
  return due_on && isOverdue(due_on, today) ? tn('account.overdue_by', daysBetween(due_on, today)) : null;
}

const SOURCE_KEYS: Record<string, Key> = { gazetteer: 'source.gazetteer', file: 'source.file', here: 'source.here', drag: 'source.drag' };

/** Where a pin's place comes from. */
export function sourceText(source: string): string {
  if (source.startsWith('provider:')) return t('source.provider', { name: source.slice('provider:'.length) });
  const key = SOURCE_KEYS[source];
  return key ? t(key) : source;
}

export function precisionText(precision: Precision): string {
  switch (precision) {
    case 'exact':
      return t('precision.exact');
    case 'block':
      return t('precision.block');
    case 'town':
      return t('precision.town');
    case 'postal':
      return t('precision.postal');
    case 'municipality':
      return t('precision.municipality');
    case 'prefecture':
      return t('precision.prefecture');
    case 'none':
      return t('precision.none');
  }
}
