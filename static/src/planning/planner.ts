/**
 * The phone's own planner: whom to visit and in which order, without a network. It fills the days by value against detour, then takes a part out
 * again and again and fills anew (keeping what is better), then trades and shortens until no single move helps. The same problem gives the same plan.
 */
import { bestTrade, byValueForTime, emptyDraft, fill, isMust, isWorth, replacing, valueOf, without, worthOf, type Draft } from './draft';
import { chanceFrom, draw, type Chance } from './chance';
import { groundOf, type Ground } from './ground';
import { laneOf } from './lane';
import type { Plan, Problem } from './problem';
import { reasonFor } from './reasons';
import { shorten } from './shorter';
import { timetable } from './timetable';

/** How often a part is taken out and filled anew: fewer times for more stops, so that a day of 30 takes a phone well under a second. */
const ROUNDS_OF_WORK = 24_000;
const MOST_ROUNDS = 900;
const LEAST_ROUNDS = 40;
/** After so many rounds without anything better the search goes back to the best. */
const PATIENCE = 60;
/** A worse plan is gone on from now and then: by at most this share of the value. */
const TOLERANCE = 0.02;

/** Plan, pausing at every `yield`: whoever runs it decides when to go on. */
export function* planning(problem: Problem): Generator<undefined, Plan> {
  // By id, so that the order in which they are told does not matter.
  const ground = groundOf({ ...problem, stops: [...problem.stops].sort((a, b) => (a.id < b.id ? -1 : 1)) });
  const draft = yield* search(ground);
  yield;
  return planOf(ground, draft);
}

/** Plan in one go. */
export function plan(problem: Problem): Plan {
  const steps = planning(problem);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function* search(ground: Ground): Generator<undefined, Draft> {
  const chance = chanceFrom(ground.problem.seed + 1);
  let best = settled(ground, fill(ground, emptyDraft(ground), { wanted: byValueForTime(ground) }));
  let current = best;
  let since = 0;
  const size = Math.max(1, ground.stops.length * ground.days.length);
  const rounds = Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, Math.round(ROUNDS_OF_WORK / size)));
  for (let round = 0; round < rounds; round++) {
    yield;
    const next = again(ground, current, chance);
    if (worthOf(ground, next) > worthOf(ground, best)) {
      best = current = settled(ground, next);
      since = 0;
    } else if (isNearEnough(ground, next, current, chance)) current = next;
    if (++since > PATIENCE) {
      current = best;
      since = 0;
    }
  }
  return worthwhile(ground, settled(ground, best));
}

function isNearEnough(ground: Ground, next: Draft, current: Draft, chance: Chance): boolean {
  const [worth, before] = [worthOf(ground, next), worthOf(ground, current)];
  return worth >= before || (chance() < 0.15 && worth >= before - Math.abs(before % 1e12) * TOLERANCE);
}

/** Take a part out by chance and fill anew, with wants a little shaken. */
function again(ground: Ground, draft: Draft, chance: Chance): Draft {
  const left = turned(ground, without(ground, draft, partOf(ground, draft, chance)), chance);
  const wanted = byValueForTime(ground);
  const shaken = ground.stops.map(() => 0.6 + 0.8 * chance());
  return fill(ground, left, { wanted: (stop, place) => wanted(stop, place) * (shaken[stop] ?? 1), shake: chance() < 0.5 ? chance : null });
}

/** Now and then a day is gone the other way round: as far, but open at other times. */
function turned(ground: Ground, draft: Draft, chance: Chance): Draft {
  if (chance() < 0.75) return draft;
  const lane = draft.lanes[draw(chance, draft.lanes.length)];
  const next = lane && laneOf(ground, lane.day, [...lane.order].reverse());
  return next ? replacing(ground, draft, [next]) : draft;
}

/** Stops to take out: a run of a day, or those around one of them. */
function partOf(ground: Ground, { lanes }: Draft, chance: Chance): Set<number> {
  const placed = lanes.flatMap((lane) => lane.order);
  const centre = placed[draw(chance, placed.length)];
  if (centre === undefined) return new Set();
  const most = Math.min(placed.length, 1 + draw(chance, Math.max(5, Math.min(8, Math.ceil(placed.length / 2)))));
  if (chance() < 0.5) {
    const lane = lanes.find(({ order }) => order.includes(centre));
    const from = lane?.order.indexOf(centre) ?? 0;
    return new Set(lane?.order.slice(from, from + most));
  }
  const here = ground.stops[centre]?.point ?? null;
  const way = (stop: number) => ground.wayS(here, ground.stops[stop]?.point ?? null);
  return new Set([...placed].sort((a, b) => way(a) - way(b) || a - b).slice(0, most));
}

/** Shorten, fill what has become free, and trade, until none of it helps. */
function settled(ground: Ground, draft: Draft): Draft {
  let best = draft;
  for (;;) {
    best = fill(ground, shorten(ground, best), { wanted: byValueForTime(ground) });
    const next = traded(ground, best);
    if (!next) return best;
    best = next;
  }
}

/** Somebody left out comes in for others that are worth less together, or as much and farther away. */
function traded(ground: Ground, draft: Draft): Draft | null {
  const before = worthOf(ground, draft);
  for (const stop of [...draft.out].sort((a, b) => Number(isMust(ground, b)) - Number(isMust(ground, a)) || valueOf(ground, b) - valueOf(ground, a) || a - b)) {
    const trade = bestTrade(ground, draft.lanes, stop, { most_lost: isMust(ground, stop) ? Infinity : valueOf(ground, stop) });
    const next = trade && isWorth(ground, stop, trade.extra_s) && replacing(ground, draft, [trade.lane]);
    if (next && worthOf(ground, next) > before) return next;
  }
  return null;
}

/** How often the days are filled again after visits that are not worth their way have left. */
const MOST_SIFTINGS = 5;

/** Without the visits that cost more driving than they are worth, and with what fits in their place. */
function worthwhile(ground: Ground, draft: Draft): Draft {
  let kept = draft;
  for (let sifting = 0; sifting < MOST_SIFTINGS; sifting++) {
    const sifted = sift(ground, kept);
    if (sifted === kept) return kept;
    kept = settled(ground, sifted);
  }
  return sift(ground, kept);
}

/** The worst leaves first, until all are worth their way. */
function sift(ground: Ground, draft: Draft): Draft {
  let kept = draft;
  for (;;) {
    let worst: { stop: number; loss_s: number } | null = null;
    for (const lane of kept.lanes) {
      for (const stop of lane.order) {
        const left = laneOf(ground, lane.day, lane.order.filter((one) => one !== stop));
        const detour_s = left ? lane.drive_s - left.drive_s : 0;
        const loss_s = detour_s - valueOf(ground, stop) * ground.drive_s_per_value;
        if (!isWorth(ground, stop, detour_s) && loss_s > (worst?.loss_s ?? 0)) worst = { stop, loss_s };
      }
    }
    if (!worst) return kept;
    kept = without(ground, kept, new Set([worst.stop]));
  }
}

function planOf(ground: Ground, draft: Draft): Plan {
  const days = draft.lanes.map((lane) => timetable(ground, lane.day, lane.order)).map(({ late_s: _l, over_s: _o, breakAfter: _b, stops, ...day }) => ({ ...day, stops: stops.map(({ late_s: _s, ...stop }) => stop) }));
  const dropped = draft.out.map((stop) => ({ id: ground.stops[stop]?.id ?? '', reason: reasonFor(ground, draft, stop) }));
  const value = draft.lanes.flatMap(({ order }) => order).reduce((sum, stop) => sum + valueOf(ground, stop), 0);
  return { days, dropped, value, drive_s: days.reduce((sum, day) => sum + day.drive_s, 0), is_partial: false };
}
