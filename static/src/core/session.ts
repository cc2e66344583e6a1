/** Who is signed in, and the organisation's settings: kept in the local store, so that the app starts without a network. */
import { request, setCsrfToken, type Connection } from './http';
import { flag, listOf, nullable, number, object, oneOf, optional, text, type Parsed } from './parse';
import { Problem } from './problem';
import { writable, type Readable } from './signal';

export const ROLES = ['administrator', 'manager', 'rep', 'back_office'] as const;
export const SHAPES = ['circle', 'square', 'diamond', 'triangle', 'hexagon', 'pentagon'] as const;

export const parseStatus = object({
  no: number,
  code: text,
  name_ja: text,
  name_en: text,
  letter_ja: text,
  letter_en: text,
  colour: text,
  colour_dark: text,
  shape: oneOf(...SHAPES),
  position: number,
  is_active: optional(flag, true),
});

export const parseOutcome = object({
  no: number,
  code: text,
  name_ja: text,
  name_en: text,
  position: number,
  is_active: optional(flag, true),
});

export const parseCustomField = object({
  id: text,
  key: text,
  label_ja: text,
  label_en: text,
  type: oneOf('text', 'number', 'date', 'choice'),
  choices: optional(listOf(text), []),
  position: optional(number, 0),
});

export const parseSession = object({
  csrf_token: text,
  user: object({
    id: text,
    name: text,
    email: text,
    role: oneOf(...ROLES),
    locale: oneOf('ja', 'en'),
    team_ids: optional(listOf(text), []),
  }),
  organisation: object({
    id: (value: unknown) => String(value),
    name: text,
    locale: nullable(text),
    timezone: text,
    today: text,
    ranks: listOf(text),
    /** ISO weekdays, Monday is 1. Not told by a session that an older build kept. */
    working_days: optional(listOf(number), [1, 2, 3, 4, 5]),
  }),
  statuses: listOf(parseStatus),
  outcomes: listOf(parseOutcome),
  custom_fields: listOf(parseCustomField),
  users: listOf(object({ id: text, name: text, role: nullable(text), team_ids: optional(listOf(text), []), is_active: optional(flag, true) })),
  teams: listOf(object({ id: text, name: text })),
  version: optional(text, ''),
  basemap: object({ raster_url: nullable(text), raster_attribution: nullable(text), pmtiles_url: nullable(text) }),
});

export type Session = Parsed<typeof parseSession>;
export type Status = Parsed<typeof parseStatus>;
export type Outcome = Parsed<typeof parseOutcome>;
export type CustomField = Parsed<typeof parseCustomField>;

/** `expired`: the server no longer knows us; the phone goes on working, and sends again after the next sign-in. */
export interface SessionState {
  session: Session;
  is_expired: boolean;
}

const current = writable<SessionState | null>(null);

export const sessionState: Readable<SessionState | null> = current;

/** The session of the mounted app. */
export function session(): Session {
  const state = current.get();
  if (!state) throw new Error('There is no session yet.');
  return state.session;
}

export function useSession(next: Session): void {
  setCsrfToken(next.csrf_token);
  current.set({ session: next, is_expired: false });
}

export function markExpired(): void {
  current.update((state) => state && { ...state, is_expired: true });
}

/** Ask the server who we are. Null when signed out; throws Unreachable without a network. */
export async function fetchSession(via?: Connection): Promise<Session | null> {
  try {
    return await request('GET', '/api/session', parseSession, { timeoutMs: 8_000, ...(via ? { via } : {}) });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}
