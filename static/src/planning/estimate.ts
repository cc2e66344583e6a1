/**
 * How long a way takes when no roads are known. The server computes the same (fieldcrm/travel/rules.py, where the parameters have their sources);
 * tests/cases/travel.json binds both.
 */
import { distanceM } from '../core/position';
import type { LonLat } from './problem';

export type Mode = 'car' | 'bicycle' | 'walking';
export type Band = 'night' | 'morning' | 'day' | 'evening';

/** From door to door: seconds with parking and buffer, metres on the road. */
export interface Way {
  duration_s: number;
  distance_m: number;
}

type Knots = readonly (readonly [number, number])[];

/** Metres on roads for metres of great circle; straight lines between, and beyond the last. */
const ROAD_M: Knots = [[0, 0], [1_000, 1_450], [6_000, 8_280], [20_000, 26_400], [60_000, 75_000]];
/** Seconds at the wheel for metres of great circle. */
const CAR_S: Knots = [[0, 0], [1_000, 200], [3_500, 467], [7_500, 806], [15_000, 1_479], [40_000, 3_400], [100_000, 6_500]];
/** How much longer a car takes by time of day. */
const BAND_FACTOR: Record<Band, number> = { night: 0.9, morning: 1.1, day: 1, evening: 1.15 };
const CYCLING_M_PER_S = 15 / 3.6;
const WALKING_M_PER_S = 80 / 60;
const BUFFER_PERCENT = 15;
/** Finding a place to park, and walking to the door. */
const STOP_S: Record<Mode, number> = { car: 120, bicycle: 60, walking: 0 };
/** Nearer than this it is the next door: nobody parks again. */
const SAME_PLACE_M = 50;

export interface WayOptions {
  mode?: Mode;
  band?: Band;
  /** The organisation's own; multiplies driving alone. */
  factor?: number;
}

/** Return how long the way takes and how far it is, by great circle. */
export function estimate(one: LonLat, other: LonLat, { mode = 'car', band = 'day', factor = 1 }: WayOptions = {}): Way {
  const crow_m = distanceM({ lon: one[0], lat: one[1] }, { lon: other[0], lat: other[1] });
  const road_m = along(ROAD_M, crow_m);
  const moving_s = mode === 'car' ? along(CAR_S, crow_m) * BAND_FACTOR[band] : road_m / (mode === 'bicycle' ? CYCLING_M_PER_S : WALKING_M_PER_S);
  const stop_s = crow_m > SAME_PLACE_M ? STOP_S[mode] : 0;
  return { duration_s: Math.round((moving_s * factor * (100 + BUFFER_PERCENT)) / 100) + stop_s, distance_m: Math.round(road_m) };
}

/** The time of day of a local hour, 0 to 23. */
export function bandAt(hour: number): Band {
  return hour >= 20 || hour < 6 ? 'night' : hour >= 16 ? 'evening' : hour >= 10 ? 'day' : 'morning';
}

/** Estimated seconds and metres between all points. */
export function estimatedMatrix(points: readonly LonLat[], options: WayOptions = {}): { durations: number[][]; distances: number[][] } {
  const ways = points.map((one) => points.map((other) => estimate(one, other, options)));
  return { durations: ways.map((row) => row.map((way) => way.duration_s)), distances: ways.map((row) => row.map((way) => way.distance_m)) };
}

function along(knots: Knots, at: number): number {
  let [[x1, y1], [x2, y2]] = [knots[0] ?? [0, 0], knots[1] ?? [1, 1]];
  for (let piece = 1; piece < knots.length; piece++) {
    [[x1, y1], [x2, y2]] = [knots[piece - 1] ?? [0, 0], knots[piece] ?? [1, 1]];
    if (at <= x2) break;
  }
  return y1 + ((at - x1) * (y2 - y1)) / (x2 - x1);
}
