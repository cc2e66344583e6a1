/** How a plan is said: times, what a change costs, why somebody was left out. */
import { t, tn } from '../core/i18n/i18n.svelte';
import type { Cost } from './dayroute';
import { momentOf } from './opening';
import { DAY_S, type Reason } from './problem';

/** 45分, 1時間, 1時間5分; what is not nothing is at least a minute. */
export function durationText(seconds: number): string {
  const minutes = seconds > 0 ? Math.max(1, Math.round(seconds / 60)) : 0;
  const [h, n] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return t('plan.minutes', { n });
  return n === 0 ? t('plan.hours', { h }) : t('plan.hours_minutes', { h, n });
}

type NameOf = (id: string) => string;

/** Why an account was left out, as a sentence. */
export function reasonText(reason: Reason, { nameOf, shift }: { nameOf: NameOf; shift: readonly [number, number] }): string {
  switch (reason.code) {
    case 'no_position':
      return t('plan.why_no_position');
    case 'closed':
      return t('plan.why_closed');
    case 'too_early_late':
      if (reason.opens >= shift[1]) return t('plan.why_opens', { opens: momentOf(reason.opens) });
      return t('plan.why_hours', { opens: momentOf(reason.opens), closes: momentOf(reason.closes) });
    case 'too_far':
      return t('plan.why_too_far', { drive: durationText(reason.drive_s), limit: durationText(reason.limit_s) });
    case 'no_time':
      return t('plan.why_no_time', { over: durationText(reason.over_s) });
    case 'lower_value': {
      const [first = ''] = reason.instead_of;
      const n = reason.instead_of.length;
      return n > 1 ? tn('plan.why_lower_value_several', n, { name: nameOf(first), value: reason.value }) : t('plan.why_lower_value', { name: nameOf(first), value: reason.value });
    }
    case 'detour':
      return t('plan.why_detour', { detour: durationText(reason.detour_s), value: reason.value });
    case 'must_clash':
      return t('plan.why_must_clash', { name: reason.with.map(nameOf).join(t('plan.and')) });
  }
}

/** What a change does to the day: driving, when it is over, what is then too late. */
export function costText(cost: Cost, nameOf: NameOf): string {
  const drive = cost.drive_s === 0 ? t('plan.cost_drive_same') : t(cost.drive_s > 0 ? 'plan.cost_drive_more' : 'plan.cost_drive_less', { time: durationText(Math.abs(cost.drive_s)) });
  const [late] = cost.late;
  return [
    drive,
    t('plan.cost_end', { time: momentOf(cost.end) }),
    late ? (late.late_s >= DAY_S ? t('plan.cost_closed', { name: nameOf(late.id) }) : t('plan.cost_late', { name: nameOf(late.id), time: durationText(late.late_s) })) : '',
    cost.over_s > 0 ? t('plan.cost_over', { time: durationText(cost.over_s) }) : '',
  ]
    .filter(Boolean)
    .join(t('plan.joint'));
}

/** Whether a change brings something that is not kept. */
export const isCostly = (cost: Cost): boolean => cost.late.length > 0 || cost.over_s > 0;
