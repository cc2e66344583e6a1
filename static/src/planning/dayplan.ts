/** What was planned for a day, beside the order of its stops: whom the planner chose, whom it left out and why, when each was to be seen. */
import { anything, listOf, mapOf, nullable, number, object, oneOf, optional, text, type Parsed } from '../core/parse';
import type { Readable } from '../core/signal';
import { live } from '../store/live';
import type { Store } from '../store/store';
import type { Reason } from './problem';

const CODES = ['no_position', 'closed', 'too_early_late', 'too_far', 'no_time', 'lower_value', 'detour', 'must_clash'] as const;

const figures = { opens: optional(number, 0), closes: optional(number, 0), drive_s: optional(number, 0), limit_s: optional(number, 0), over_s: optional(number, 0), detour_s: optional(number, 0), value: optional(number, 0), instead_of: optional(listOf(text), []), with: optional(listOf(text), []) };

const parseReason = (value: unknown, path: string): Reason => object({ code: oneOf(...CODES), ...figures })(value, path);

export const parseDropped = object({ id: text, reason: parseReason });

export const parseDayPlan = object({
  day: text,
  made_at: text,
  source: oneOf('phone', 'server'),
  /** Whom the planner chose: the others on the route were put there by hand, and stay. */
  chosen_ids: listOf(text),
  /** Whom the person took off: not to be planned again that day. */
  left_out_ids: optional(listOf(text), []),
  dropped: listOf(parseDropped),
  /** When each was to begin, in seconds since midnight: what late and early are measured by. */
  promised: mapOf(number),
  /** Ways that were measured on roads, by "from to": seconds, metres. */
  ways: optional(mapOf(listOf(nullable(number))), {}),
  /** How long a visit takes where the server has learned it, by account, in seconds. */
  service_s: optional(mapOf(number), {}),
  /** Where and when the rest of the day was planned from. */
  from_here: nullable(object({ lon: number, lat: number, at_s: number })),
  more: optional(anything, null),
});

export type DayPlan = Parsed<typeof parseDayPlan>;

const KEY = 'planning.day';

/** The plan of a day; null where there is none. The phone keeps one day's. */
export async function readDayPlan(store: Store, day: string): Promise<DayPlan | null> {
  const kept: unknown = await store.db.get('meta', KEY);
  try {
    const plan = kept ? parseDayPlan(kept, KEY) : null;
    return plan?.day === day ? plan : null;
  } catch {
    // Of another build.
    return null;
  }
}

export const dayPlanOf = (store: Store, day: string): Readable<DayPlan | null | undefined> => live(store, ['meta'], () => readDayPlan(store, day));

/** Keep the stops' order and what was planned beside it: both or neither. */
export async function keepDay(store: Store, day: string, { stops, plan }: { stops: readonly string[]; plan: DayPlan | null }): Promise<void> {
  const tx = store.db.transaction(['stops', 'meta'], 'readwrite');
  await tx.objectStore('stops').clear();
  for (const [position, account_id] of stops.entries()) await tx.objectStore('stops').put({ account_id, day, position });
  if (plan) await tx.objectStore('meta').put(plan, KEY);
  else await tx.objectStore('meta').delete(KEY);
  await tx.done;
  store.announce({ stores: ['stops', 'meta'], account_ids: [] });
}
