/** How one works, and how the organisation plans: kept on this phone in the shape the server knows, so that a day is planned without it. */
import { flag, listOf, mapOf, nullable, number, object, oneOf, optional, text, type Parsed, type Parser } from '../core/parse';
import { live } from '../store/live';
import type { Readable } from '../core/signal';
import type { Store } from '../store/store';
import { DRIVE_S_PER_VALUE } from './problem';
import { DEFAULT_WEIGHTS } from './value';

const parsePlace = object({ lon: number, lat: number, name: nullable(text) });

/** What is null is as it is for everybody without settings. */
export const parseHabits = object({
  /** From and until, by weekday; a weekday that is not there is off. */
  working_hours: nullable(mapOf(listOf(text))),
  works_on_holidays: optional(flag, false),
  breaks: nullable(listOf(object({ begin_from: text, begin_until: text, minutes: number }))),
  start_place: nullable(parsePlace),
  end_place: nullable(parsePlace),
  mode: optional(oneOf('car', 'bicycle', 'walking'), 'car'),
  max_driving_min: nullable(number),
  nights: optional(listOf(object({ day: text, lon: number, lat: number, name: nullable(text) })), []),
});

export const parseRuling = object({
  weights: object({ win: number, rank: number, due: number, promise: number }),
  minutes_by_rank: mapOf(number),
  visit_min: number,
  opening: listOf(text),
  office: nullable(parsePlace),
  drive_min_per_value: number,
  /** Public holidays by day, with their names. */
  holidays: optional(mapOf(text), {}),
});

export type Place = Parsed<typeof parsePlace>;
export type Habits = Parsed<typeof parseHabits>;
export type Ruling = Parsed<typeof parseRuling>;

export const USUAL_HOURS = ['09:00', '18:00'];
/** An hour, begun between 11:30 and 13:00. */
export const USUAL_BREAKS: NonNullable<Habits['breaks']> = [{ begin_from: '11:30', begin_until: '13:00', minutes: 60 }];

export const USUAL_HABITS: Habits = { working_hours: null, works_on_holidays: false, breaks: null, start_place: null, end_place: null, mode: 'car', max_driving_min: null, nights: [] };

export const USUAL_RULING: Ruling = { weights: DEFAULT_WEIGHTS, minutes_by_rank: {}, visit_min: 30, opening: USUAL_HOURS, office: null, drive_min_per_value: DRIVE_S_PER_VALUE / 60, holidays: {} };

const HABITS = 'planning.habits';
const RULING = 'planning.ruling';

export interface Ways {
  habits: Habits;
  ruling: Ruling;
}

export async function readWays(store: Store): Promise<Ways> {
  const [habits, ruling] = await Promise.all([store.db.get('meta', HABITS), store.db.get('meta', RULING)]);
  return { habits: readable(parseHabits, habits) ?? USUAL_HABITS, ruling: readable(parseRuling, ruling) ?? USUAL_RULING };
}

export const waysOf = (store: Store): Readable<Ways | undefined> => live(store, ['meta'], () => readWays(store));

/** What another build wrote may not be readable; then it is as for everybody. */
function readable<T>(parse: Parser<T>, kept: unknown): T | null {
  try {
    return kept === undefined ? null : parse(kept, 'planning');
  } catch {
    return null;
  }
}

export async function keepHabits(store: Store, habits: Habits): Promise<void> {
  await store.db.put('meta', habits, HABITS);
  store.announce({ stores: ['meta'], account_ids: [] });
}

export async function keepRuling(store: Store, ruling: Ruling): Promise<void> {
  await store.db.put('meta', ruling, RULING);
  store.announce({ stores: ['meta'], account_ids: [] });
}
