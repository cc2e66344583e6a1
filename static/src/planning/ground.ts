/** A problem made ready for quick arithmetic: ways between points in one array, breaks in order. */
import { estimatedMatrix } from './estimate';
import { DRIVE_S_PER_VALUE, type Break, type PlanDay, type PlanStop, type Problem } from './problem';

export interface Ground {
  problem: Problem;
  stops: readonly PlanStop[];
  days: readonly GroundDay[];
  drive_s_per_value: number;
  /** Seconds from a point to another; nothing from or to nowhere. */
  wayS(from: number | null, to: number | null): number;
  /** Metres on the road; null where nobody knows. */
  wayM(from: number | null, to: number | null): number | null;
  /** Whether a stop may be on a day at all. */
  isOpenTo(stop: number, day: number): boolean;
}

export interface GroundDay extends PlanDay {
  breaks: readonly Break[];
}

export function groundOf(problem: Problem): Ground {
  const size = problem.points.length;
  const measured = problem.durations ? { durations: problem.durations, distances: problem.distances } : estimatedMatrix(problem.points);
  const seconds = Int32Array.from(measured.durations.flat());
  const metres = measured.distances ? Int32Array.from(measured.distances.flat()) : null;
  return {
    problem,
    stops: problem.stops,
    days: problem.days.map((day) => ({ ...day, breaks: [...day.breaks].sort((a, b) => a[0] - b[0] || a[1] - b[1]) })),
    drive_s_per_value: problem.drive_s_per_value ?? DRIVE_S_PER_VALUE,
    wayS: (from, to) => (from === null || to === null ? 0 : (seconds[from * size + to] ?? 0)),
    wayM: (from, to) => (from === null || to === null ? 0 : metres ? (metres[from * size + to] ?? 0) : null),
    isOpenTo(stop, day) {
      const { point, rep = null } = problem.stops[stop] ?? { point: null };
      return point !== null && (rep === null || rep === problem.days[day]?.rep);
    },
  };
}
