/** Problems to plan, made by chance from a seed. */
import { chanceFrom, draw } from '../planning/chance';
import { DAY_S, type PlanDay, type PlanStop, type Problem, type Span } from '../planning/problem';

export const HOUR_S = 3_600;

export interface Wish {
  stops: number;
  days?: number;
  seed: number;
  musts?: number;
  /** How wide the accounts are spread, in degrees. */
  spread?: number;
}

/** A town's worth of accounts: some open all day, some closed at noon, in the mornings or altogether. */
export function someProblem({ stops, days = 1, seed, musts = 0, spread = 0.25 }: Wish): Problem {
  const chance = chanceFrom(seed * 7_919 + 13);
  const near = (): [number, number] => [139.7 + (chance() - 0.5) * spread, 35.65 + (chance() - 0.5) * spread * 0.8];
  const points = Array.from({ length: stops + 1 }, near);
  return {
    points,
    durations: null,
    distances: null,
    stops: Array.from({ length: stops }, (_, index): PlanStop => ({
      id: `s${index}`,
      point: index + 1,
      service_s: (2 + draw(chance, 6)) * 600,
      windows: windowsBy(draw(chance, 10), days),
      value: 5 + draw(chance, 96),
      is_must: index < musts,
    })),
    days: Array.from({ length: days }, (_, day) => workday(day)),
    seed,
  };
}

export function workday(day: number, fields: Partial<PlanDay> = {}): PlanDay {
  const at = (hours: number) => day * DAY_S + hours * HOUR_S;
  return { id: `d${day}`, start: 0, end: 0, shift: [at(9), at(18)], breaks: [[at(11.5), at(13.5), HOUR_S]], max_driving_s: null, rep: null, ...fields };
}

function windowsBy(kind: number, days: number): Span[] {
  const hours: Span[] = kind < 5 ? [[9, 17.5]] : kind < 7 ? [[9, 12], [13, 17]] : kind === 7 ? [[9, 11.5]] : kind === 8 ? [[13, 16]] : [];
  return Array.from({ length: days }, (_, day) => hours.map(([from, to]): Span => [day * DAY_S + from * HOUR_S, day * DAY_S + to * HOUR_S])).flat();
}
