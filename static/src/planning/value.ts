/**
 * What a visit is worth, 0 to 100: a product of a few shares that people can follow, counted as on the server (fieldcrm/planning/value.py, which says why).
 * tests/cases/values.json binds both.
 */
import { daysBetween } from '../accounts/rules';

export const FACTORS = ['win', 'rank', 'due', 'promise'] as const;
export type Factor = (typeof FACTORS)[number];
export type Weights = Readonly<Record<Factor, number>>;

export const DEFAULT_WEIGHTS: Weights = { win: 50, rank: 60, due: 70, promise: 50 };

/** Where nobody has said. */
const UNKNOWN = 50;
const LAST_RANK = 25;
const USUAL_CADENCE_DAYS = 90;
const JUST_SEEN = 5;
const JUST_DUE = 60;
const PROMISED_SOON_DAYS = 7;
const WHOLE = 10_000;

/** What is known of an account; days are the organisation's. */
export interface Facts {
  win_prob: number | null;
  rank: string | null;
  cadence_days: number | null;
  due_on: string | null;
  visited_on: string | null;
  created_on: string;
  promised_on: string | null;
}

/** One factor: how good (0 to 100), and how much it counts (0 to 100). */
export interface Part {
  factor: Factor;
  share: number;
  weight: number;
}

export interface Value {
  value: number;
  parts: Part[];
}

export interface Measure {
  /** The day by which the visit takes place. */
  on: string;
  ranks: readonly string[];
  weights: Weights;
}

/** Return what a visit is worth and what that is made of. */
export function valueOf(facts: Facts, { on, ranks, weights }: Measure): Value {
  const shares: Record<Factor, number> = { win: winShare(facts), rank: rankShare(facts.rank, ranks), due: dueShare(facts, on), promise: promiseShare(facts.promised_on, on) };
  const parts = FACTORS.map((factor) => ({ factor, share: shares[factor], weight: weights[factor] }));
  // Rounded after each factor.
  const kept = parts.reduce((left, { share, weight }) => Math.floor((left * (WHOLE - weight * (100 - share)) + WHOLE / 2) / WHOLE), WHOLE);
  return { value: Math.floor((kept + 50) / 100), parts };
}

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

const winShare = ({ win_prob }: Facts): number => (win_prob === null ? UNKNOWN : within(win_prob, 0, 100));

/** The best rank is the whole, the last a quarter, the others evenly between. */
function rankShare(rank: string | null, ranks: readonly string[]): number {
  const at = rank === null ? -1 : ranks.indexOf(rank);
  if (at < 0) return UNKNOWN;
  return ranks.length === 1 ? 100 : 100 - Math.floor(((100 - LAST_RANK) * at) / (ranks.length - 1));
}

/** From hardly anything just after a visit over 60 % on the day it is due to the whole a cadence later. */
function dueShare(facts: Facts, on: string): number {
  const { cadence, elapsed } = cadenceAndElapsed(facts, on);
  // Who was never seen need not be entered long ago to be worth it.
  const sought = facts.visited_on === null && facts.due_on === null ? Math.max(elapsed, cadence) : elapsed;
  const days = within(sought, 0, 2 * cadence);
  if (days <= cadence) return JUST_SEEN + Math.floor(((JUST_DUE - JUST_SEEN) * days) / cadence);
  return JUST_DUE + Math.floor(((100 - JUST_DUE) * (days - cadence)) / cadence);
}

function cadenceAndElapsed(facts: Facts, on: string): { cadence: number; elapsed: number } {
  if (facts.due_on !== null && facts.cadence_days) return { cadence: facts.cadence_days, elapsed: facts.cadence_days + daysBetween(facts.due_on, on) };
  return { cadence: facts.cadence_days || USUAL_CADENCE_DAYS, elapsed: daysBetween(facts.visited_on ?? facts.created_on, on) };
}

/** What was promised by the day is the whole; for the week after it, less with every day. */
function promiseShare(promised_on: string | null, on: string): number {
  if (promised_on === null) return 0;
  const early = daysBetween(on, promised_on);
  return early <= 0 ? 100 : Math.max(100 - Math.floor((100 * early) / (PROMISED_SOON_DAYS + 1)), 0);
}
