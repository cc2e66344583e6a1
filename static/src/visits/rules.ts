/** Pure decisions about visits: what one changes on its account, when the next action falls, what the form begins with. */
import { addDays, dueOn } from '../accounts/rules';
import type { Account } from '../accounts/wire';

export const CHANNELS = ['visit', 'call', 'email', 'chat', 'video', 'web', 'other'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface VisitInput {
  id: string;
  account_id: string;
  channel: string;
  outcome: number | null;
  note: string;
  occurred_at: string;
  duration_min: number | null;
  win_prob: number | null;
  status: number;
  next_action: string;
  next_action_on: string | null;
  contact_ids: string[];
  position: { lon: number; lat: number; accuracy_m: number } | null;
}

export type NextStep = 'tomorrow' | 'week' | 'month' | 'date' | 'none';

export function nextStepDay(step: 'tomorrow' | 'week' | 'month', today: string): string {
  if (step === 'tomorrow') return addDays(today, 1);
  if (step === 'week') return addDays(today, 7);
  return addMonth(today);
}

/** The same day next month; the last day of that month where it has no such day. */
function addMonth(day: string): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(date, last))).toISOString().slice(0, 10);
}

/** What a logged activity changes on its account, as the server will compute it too. */
export function accountAfter(account: Account, input: VisitInput, clock: { user_id: string; now: string; dayOf: (instant: string) => string }): Partial<Account> {
  const changes: Partial<Account> = {
    status: input.status,
    next_action: input.next_action || null,
    next_action_on: input.next_action_on,
  };
  if (input.win_prob !== account.win_prob) {
    Object.assign(changes, { win_prob: input.win_prob, win_prob_by: clock.user_id, win_prob_at: clock.now });
  }
  if (!account.last_contact_at || account.last_contact_at < input.occurred_at) changes.last_contact_at = input.occurred_at;
  if (input.channel === 'visit' && (!account.last_visit_at || account.last_visit_at < input.occurred_at)) {
    changes.last_visit_at = input.occurred_at;
    changes.last_outcome = input.outcome;
    changes.due_on = dueOn({
      cadence_days: account.cadence_days,
      last_visit_on: clock.dayOf(input.occurred_at),
      created_on: clock.dayOf(account.created_at || clock.now),
    });
  }
  return changes;
}

/** The message's body: what was said, and of the account only what changed. */
export function bodyOf(input: VisitInput, account: Pick<Account, 'win_prob' | 'status'>): Record<string, unknown> {
  const { id, account_id, channel, outcome, note, occurred_at } = input;
  return {
    id,
    account_id,
    channel,
    outcome,
    note,
    occurred_at,
    ...(input.duration_min === null ? {} : { duration_min: input.duration_min }),
    ...(input.win_prob === null || input.win_prob === account.win_prob ? {} : { win_prob: input.win_prob }),
    ...(input.status === account.status ? {} : { status: input.status }),
    ...(input.next_action_on ? { next_action: input.next_action, next_action_on: input.next_action_on } : {}),
    ...(input.contact_ids.length ? { contact_ids: input.contact_ids } : {}),
    ...(input.position ? { position: input.position } : {}),
  };
}
