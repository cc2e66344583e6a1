/** A plan in the making: a lane for each day, the stops on none of them, and the moves that put in, take out and trade. */
import type { Chance } from './chance';
import type { Ground } from './ground';
import { insertionS, laneOf, withStop, type Lane } from './lane';

export interface Draft {
  lanes: readonly Lane[];
  /** Indices of the stops on no day. */
  out: readonly number[];
}

/** Musts come first, then the sum of values, then the least driving: as one number. */
const MUST = 1e12;
const VALUE = 1e6;

export function worthOf(ground: Ground, { lanes }: Draft): number {
  let worth = 0;
  for (const lane of lanes) {
    worth -= lane.drive_s;
    for (const index of lane.order) {
      const stop = ground.stops[index];
      if (stop) worth += stop.value * VALUE + (stop.is_must ? MUST : 0);
    }
  }
  return worth;
}

export const isMust = (ground: Ground, stop: number): boolean => ground.stops[stop]?.is_must ?? false;
export const valueOf = (ground: Ground, stop: number): number => ground.stops[stop]?.value ?? 0;

export function emptyDraft(ground: Ground): Draft {
  const lanes = ground.days.flatMap((_, day) => laneOf(ground, day, []) ?? []);
  return { lanes, out: ground.stops.map((_, index) => index) };
}

/** The draft with some lanes in place of those of the same days; who is out follows from that. */
export function replacing(ground: Ground, draft: Draft, changed: readonly Lane[]): Draft {
  const lanes = draft.lanes.map((lane) => changed.find(({ day }) => day === lane.day) ?? lane);
  const placed = new Set(lanes.flatMap((lane) => lane.order));
  return { lanes, out: ground.stops.map((_, index) => index).filter((index) => !placed.has(index)) };
}

/** The draft without these stops. Leaving a stop out never breaks a day, but where ways are longer round a corner it may: then it stays. */
export function without(ground: Ground, draft: Draft, stops: ReadonlySet<number>): Draft {
  const changed = draft.lanes.flatMap((lane) => (lane.order.some((stop) => stops.has(stop)) ? (laneOf(ground, lane.day, lane.order.filter((stop) => !stops.has(stop))) ?? []) : []));
  return replacing(ground, draft, changed);
}

export interface Place {
  day: number;
  /** The element it comes before: 1 is the first stop. */
  at: number;
  extra_s: number;
}

/** Where a stop costs the least driving, on one day or on any; null where it fits nowhere. With a shake nearly the least will do. */
export function bestPlace(ground: Ground, lanes: readonly Lane[], stop: number, shake: Chance | null = null): Place | null {
  let best: Place | null = null;
  let least = Infinity;
  for (const lane of lanes) {
    for (let at = 1; at <= lane.order.length + 1; at++) {
      const extra_s = insertionS(ground, lane, at, stop);
      if (extra_s === Infinity) continue;
      const felt = shake ? (extra_s + 120) * (0.5 + shake()) : extra_s;
      if (felt < least) [best, least] = [{ day: lane.day, at, extra_s }, felt];
    }
  }
  return best;
}

/** Put a stop there. */
export function put(ground: Ground, draft: Draft, stop: number, place: Place): Draft {
  const lane = draft.lanes.find(({ day }) => day === place.day);
  const next = lane && laneOf(ground, lane.day, withStop(lane.order, place.at, stop));
  return next ? replacing(ground, draft, [next]) : draft;
}

/** Whether so much driving is not too much for it. */
export const isWorth = (ground: Ground, stop: number, extra_s: number): boolean => isMust(ground, stop) || extra_s <= valueOf(ground, stop) * ground.drive_s_per_value;

export interface Filling {
  /** How much a stop is wanted at its best place; the greatest is put in first. */
  wanted: (stop: number, place: Place) => number;
  shake?: Chance | null;
}

/** Cheap ones that are worth much come first. */
export const byValueForTime = (ground: Ground): Filling['wanted'] => (stop, { extra_s }) => {
  const { value = 0, service_s = 0, is_must = false } = ground.stops[stop] ?? {};
  return (is_must ? 1e6 : 0) + (value + 0.5) / (extra_s + service_s + 300);
};

/** Put in what fits, one after the other. Only the lane that changed is looked at again. */
export function fill(ground: Ground, draft: Draft, { wanted, shake = null }: Filling): Draft {
  let filled = draft;
  const places = new Map<number, (Place | null)[]>();
  for (const stop of draft.out) places.set(stop, draft.lanes.map((lane) => bestPlace(ground, [lane], stop, shake)));
  for (;;) {
    let chosen: { stop: number; place: Place; score: number } | null = null;
    for (const [stop, byLane] of places) {
      const place = byLane.reduce<Place | null>((best, next) => (next && next.extra_s < (best?.extra_s ?? Infinity) ? next : best), null);
      if (!place || !isWorth(ground, stop, place.extra_s)) continue;
      const score = wanted(stop, place);
      if (!chosen || score > chosen.score) chosen = { stop, place, score };
    }
    if (!chosen) return filled;
    filled = put(ground, filled, chosen.stop, chosen.place);
    places.delete(chosen.stop);
    const { day } = chosen.place;
    const changed = filled.lanes.findIndex((lane) => lane.day === day);
    const lane = filled.lanes[changed];
    if (lane) for (const [stop, byLane] of places) byLane[changed] = bestPlace(ground, [lane], stop, shake);
  }
}

export interface Trade {
  lane: Lane;
  /** What it costs in driving where it comes in. */
  extra_s: number;
  removed: readonly number[];
  value_lost: number;
  must_lost: number;
}

/**
 * The least that has to leave for a stop to come in: a run of stops of one day, without its musts unless they may go too.
 * Null where it does not fit even then, or only where more value leaves than `most_lost`.
 */
export function bestTrade(ground: Ground, lanes: readonly Lane[], stop: number, { musts = false, most_lost = Infinity } = {}): Trade | null {
  let best: Trade | null = null;
  for (const lane of lanes) {
    if (!ground.isOpenTo(stop, lane.day)) continue;
    for (let from = 0; from < lane.order.length; from++) {
      for (let to = from + 1; to <= lane.order.length; to++) {
        const removed = lane.order.slice(from, to).filter((one) => musts || !isMust(ground, one));
        if (sumOfValues(ground, removed) > most_lost) break;
        best = tradeOf(ground, { lane, stop, removed }, best) ?? best;
      }
    }
  }
  return best;
}

const sumOfValues = (ground: Ground, stops: readonly number[]): number => stops.reduce((sum, one) => sum + valueOf(ground, one), 0);

/** The trade if it is better than the best so far. */
function tradeOf(ground: Ground, { lane, stop, removed }: { lane: Lane; stop: number; removed: readonly number[] }, best: Trade | null): Trade | null {
  if (removed.length === 0) return null;
  const value_lost = sumOfValues(ground, removed);
  const must_lost = removed.filter((one) => isMust(ground, one)).length;
  if (best && (must_lost > best.must_lost || (must_lost === best.must_lost && value_lost >= best.value_lost))) return null;
  const shorter = laneOf(ground, lane.day, lane.order.filter((one) => !removed.includes(one)));
  const place = shorter && bestPlace(ground, [shorter], stop);
  const next = place && laneOf(ground, lane.day, withStop(shorter.order, place.at, stop));
  return next ? { lane: next, extra_s: place.extra_s, removed, value_lost, must_lost } : null;
}
