/** Checks a plan against its problem by walking it second by second, knowing nothing of how it was made. Lists what it breaks. */
import type { Plan, PlanDay, PlannedDay, PlanStop, Problem } from '../planning/problem';
import { estimate } from '../planning/estimate';

export function faultsOf(problem: Problem, plan: Plan): string[] {
  const faults: string[] = [];
  const stops = new Map(problem.stops.map((stop) => [stop.id, stop]));
  const seen = [...plan.days.flatMap((day) => day.stops.map(({ id }) => id)), ...plan.dropped.map(({ id }) => id)];
  if (seen.length !== stops.size || new Set(seen).size !== stops.size || seen.some((id) => !stops.has(id))) faults.push('every stop is on one day or left out, once');
  if (plan.days.length !== problem.days.length) faults.push('a day is missing');
  for (const [index, day] of problem.days.entries()) {
    const planned = plan.days[index];
    if (!planned || planned.id !== day.id) faults.push(`${day.id} is not there`);
    else faults.push(...faultsOfDay(problem, day, { planned, stops }).map((fault) => `${day.id}: ${fault}`));
  }
  const value = plan.days.flatMap((day) => day.stops).reduce((sum, { id }) => sum + (stops.get(id)?.value ?? 0), 0);
  if (value !== plan.value) faults.push(`value ${plan.value} is ${value}`);
  if (plan.drive_s !== plan.days.reduce((sum, day) => sum + day.drive_s, 0)) faults.push('driving does not add up');
  return faults;
}

/** Seconds from a point to another. */
export function wayBetween(problem: Problem, from: number | null, to: number | null): number {
  if (from === null || to === null) return 0;
  const [one, other] = [problem.points[from], problem.points[to]];
  if (problem.durations) return problem.durations[from]?.[to] ?? NaN;
  return one && other ? estimate(one, other).duration_s : NaN;
}

function faultsOfDay(problem: Problem, day: PlanDay, { planned, stops }: { planned: PlannedDay; stops: Map<string, PlanStop> }): string[] {
  const faults: string[] = [];
  const demand = (isKept: boolean, what: string): unknown => isKept || faults.push(what);
  if (planned.stops.length === 0) {
    demand(planned.drive_s === 0 && planned.end === planned.start, 'an empty day drives');
    return faults;
  }
  const resting = (from: number, to: number) => planned.breaks.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(to, b) - Math.max(from, a)), 0);
  let here = day.start;
  let left = planned.start;
  let drive_s = 0;
  demand(planned.start >= day.shift[0], 'sets out before the shift');
  for (const visit of planned.stops) {
    const stop = stops.get(visit.id);
    if (!stop || stop.point === null) return [...faults, `${visit.id} has no place`];
    const way_s = wayBetween(problem, here, stop.point);
    demand(visit.drive_s === way_s, `${visit.id}: the way takes ${way_s}, not ${visit.drive_s}`);
    demand(visit.arrival - left - resting(left, visit.arrival) >= way_s, `${visit.id} is reached too early`);
    demand(visit.start >= visit.arrival && visit.departure === visit.start + stop.service_s, `${visit.id} takes its time`);
    demand(stop.windows.some(([from, to]) => visit.start >= from && visit.start <= to), `${visit.id} is closed`);
    demand(resting(visit.start, visit.departure) === 0, `${visit.id} is during a break`);
    demand(!stop.rep || stop.rep === day.rep, `${visit.id} is somebody else's`);
    demand(visit.slack_s >= 0, `${visit.id} has no slack to give`);
    left = visit.departure;
    here = stop.point;
    drive_s += way_s;
  }
  const back_s = wayBetween(problem, here, day.end);
  drive_s += back_s;
  demand(planned.end - left - resting(left, planned.end) >= back_s, 'is back too early');
  demand(planned.end <= day.shift[1], 'is over after the shift');
  demand(planned.drive_s === drive_s, `drives ${drive_s}, not ${planned.drive_s}`);
  demand(day.max_driving_s === null || drive_s <= day.max_driving_s, 'drives too long');
  return [...faults, ...faultsOfBreaks(day, planned)];
}

function faultsOfBreaks(day: PlanDay, planned: PlannedDay): string[] {
  const left = [...planned.breaks];
  const faults: string[] = [];
  for (const [from, to, duration_s] of day.breaks) {
    const at = left.findIndex(([a, b]) => a >= from && a <= to && b - a === duration_s);
    if (at >= 0) left.splice(at, 1);
    else if (planned.end > to) faults.push(`no break between ${from} and ${to}`);
  }
  if (left.length) faults.push('a break nobody asked for');
  return faults;
}
