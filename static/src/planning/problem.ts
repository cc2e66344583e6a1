/** What is to be planned and what a plan is: the shape that phone and server share. Whole seconds on one axis, day d begins at d*86400; longitude first. */

export const DAY_S = 86_400;

/** One point of value is worth ten minutes at the wheel, unless the organisation says otherwise. */
export const DRIVE_S_PER_VALUE = 600;

export type Span = readonly [from: number, to: number];

/** A pause whose start lies between `from` and `to`; a day that is over by `to` can do without it. */
export type Break = readonly [from: number, to: number, duration_s: number];

export type LonLat = readonly [lon: number, lat: number];

export interface PlanStop {
  id: string;
  /** Index into the points; null where nobody knows where it is. */
  point: number | null;
  service_s: number;
  /** When the service may start; several a day are allowed, none means closed. */
  windows: readonly Span[];
  /** 0 to 100. */
  value: number;
  is_must: boolean;
  /** Whose days alone it may be on; null: anybody's. */
  rep?: string | null;
}

export interface PlanDay {
  id: string;
  /** Indices into the points; null: the day begins (ends) at its first (last) stop. */
  start: number | null;
  end: number | null;
  shift: Span;
  breaks: readonly Break[];
  max_driving_s: number | null;
  rep: string | null;
}

export interface Problem {
  points: readonly LonLat[];
  /** Seconds from point to point; null: the built-in estimate. */
  durations: readonly (readonly number[])[] | null;
  distances: readonly (readonly number[])[] | null;
  stops: readonly PlanStop[];
  days: readonly PlanDay[];
  seed: number;
  /** A visit that costs more driving than its value times this is not worth it. */
  drive_s_per_value?: number;
}

export interface PlannedStop {
  id: string;
  arrival: number;
  start: number;
  departure: number;
  /** On the way to it. */
  drive_s: number;
  drive_m: number | null;
  /** By how much its start may slip with everything after it still in time. */
  slack_s: number;
}

export interface PlannedDay {
  id: string;
  stops: PlannedStop[];
  breaks: Span[];
  drive_s: number;
  drive_m: number | null;
  /** When to leave. A day without stops begins and ends with its shift's begin. */
  start: number;
  end: number;
}

export type Reason =
  | { code: 'no_position' }
  | { code: 'closed' }
  | { code: 'too_early_late'; opens: number; closes: number }
  | { code: 'too_far'; drive_s: number; limit_s: number }
  | { code: 'no_time'; over_s: number }
  | { code: 'lower_value'; value: number; instead_of: string[] }
  | { code: 'detour'; detour_s: number; value: number }
  | { code: 'must_clash'; with: string[] };

export interface Dropped {
  id: string;
  reason: Reason;
}

export interface Plan {
  days: PlannedDay[];
  dropped: Dropped[];
  /** Sum of the values of what is visited. */
  value: number;
  drive_s: number;
  is_partial: boolean;
}
