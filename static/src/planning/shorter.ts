/** Making days shorter without changing who is visited: moving one to three stops, turning a part round, carrying a stop to another day. */
import { bestPlace, replacing, type Draft } from './draft';
import type { Ground } from './ground';
import { laneOf, withStop, type Lane } from './lane';

const LONGEST_RUN = 3;

/** A day's orders that are one move away. */
function* neighbours(order: readonly number[]): Generator<number[]> {
  const size = order.length;
  for (let from = 0; from < size; from++) {
    for (let length = 1; length <= LONGEST_RUN && from + length <= size; length++) {
      const run = order.slice(from, from + length);
      const rest = [...order.slice(0, from), ...order.slice(from + length)];
      for (let to = 0; to <= rest.length; to++) {
        if (to !== from) yield [...rest.slice(0, to), ...run, ...rest.slice(to)];
        if (length > 1) yield [...rest.slice(0, to), ...[...run].reverse(), ...rest.slice(to)];
      }
    }
    for (let to = from + LONGEST_RUN + 1; to <= size; to++) yield [...order.slice(0, from), ...order.slice(from, to).reverse(), ...order.slice(to)];
    for (let to = from + 2; to < size; to++) yield swapped(order, from, to);
  }
}

function swapped(order: readonly number[], one: number, other: number): number[] {
  const next = [...order];
  [next[one], next[other]] = [order[other] ?? 0, order[one] ?? 0];
  return next;
}

/** Seconds at the wheel of a day in this order; its times are not looked at. */
export function driveS(ground: Ground, day: number, order: readonly number[]): number {
  const { start = null, end = null } = ground.days[day] ?? {};
  let here = start;
  let drive_s = 0;
  for (const index of order) {
    const point = ground.stops[index]?.point ?? null;
    drive_s += ground.wayS(here, point);
    here = point;
  }
  return drive_s + ground.wayS(here, end);
}

/** The day with the least driving that single moves lead to. */
export function shortenLane(ground: Ground, lane: Lane): Lane {
  let shortest = lane;
  for (let isShorter = true; isShorter; ) {
    isShorter = false;
    for (const order of neighbours(shortest.order)) {
      if (driveS(ground, lane.day, order) >= shortest.drive_s) continue;
      const next = laneOf(ground, lane.day, order);
      if (!next) continue;
      shortest = next;
      isShorter = true;
      break;
    }
  }
  return shortest;
}

/** All days shortened, each by itself and by carrying single stops from one to another. */
export function shorten(ground: Ground, draft: Draft): Draft {
  let shorter = replacing(ground, draft, draft.lanes.map((lane) => shortenLane(ground, lane)));
  while (shorter.lanes.length > 1) {
    const next = carried(ground, shorter);
    if (!next) break;
    shorter = next;
  }
  return shorter;
}

/** The first stop found that costs less on another day, carried there. */
function carried(ground: Ground, draft: Draft): Draft | null {
  for (const lane of draft.lanes) {
    for (const stop of lane.order) {
      const left = laneOf(ground, lane.day, lane.order.filter((one) => one !== stop));
      if (!left) continue;
      const others = draft.lanes.filter((other) => other !== lane);
      const place = bestPlace(ground, others, stop);
      const to = others.find(({ day }) => day === place?.day);
      if (!place || !to || place.extra_s >= lane.drive_s - left.drive_s) continue;
      const longer = laneOf(ground, to.day, withStop(to.order, place.at, stop));
      if (longer) return replacing(ground, draft, [left, longer]);
    }
  }
  return null;
}
