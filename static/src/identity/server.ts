/** People, invitations, teams, sign-ins and tokens: on the server only, never kept on the phone. */
import { request } from '../core/http';
import { anything, flag, listOf, nullable, number, object, oneOf, text, type Parsed } from '../core/parse';
import { ROLES } from '../core/session';
import { fetchWhole } from '../core/whole';

export type Role = (typeof ROLES)[number];

const parsePerson = object({
  id: text,
  email: text,
  name: text,
  role: oneOf(...ROLES),
  is_active: flag,
  team_ids: listOf(text),
  last_seen_at: nullable(text),
  new_email: nullable(text),
  new_email_until: nullable(text),
});
const parseInvitation = object({
  id: text,
  email: text,
  name: text,
  role: oneOf(...ROLES),
  locale: text,
  team_ids: listOf(text),
  created_at: text,
  expires_at: text,
  mailed_at: nullable(text),
});
const parseTeam = object({ id: text, name: text, user_ids: listOf(text) });
const parseBrowser = object({ id: text, user_agent: nullable(text), created_at: text, last_seen_at: text, is_this: flag });
const parseToken = object({
  id: text,
  user_id: text,
  user_name: text,
  name: text,
  scope: oneOf('read', 'write'),
  created_at: text,
  expires_at: text,
  last_used_at: nullable(text),
});
const parseDissolved = object({ people: number, accounts: number });
const parseCount = object({ total: number });
const parseHandedOver = object({ accounts: number, tasks: number });
const parseNewToken = object({ id: text, token: text, expires_at: text });

export type Person = Parsed<typeof parsePerson>;
export type Invitation = Parsed<typeof parseInvitation>;
export type Team = Parsed<typeof parseTeam>;
export type Browser = Parsed<typeof parseBrowser>;
export type Token = Parsed<typeof parseToken>;
export type NewToken = Parsed<typeof parseNewToken>;

// Whole: one searches among all people, and puts any of them into a team.
export const fetchPeople = (): Promise<Person[]> => fetchWhole('/api/users', parsePerson);
export const fetchInvitations = (): Promise<Invitation[]> => fetchWhole('/api/invitations', parseInvitation);
export const fetchTeams = (): Promise<Team[]> => fetchWhole('/api/teams', parseTeam);
export const fetchBrowsers = (): Promise<Browser[]> => fetchWhole('/api/user-sessions', parseBrowser);
export const fetchTokens = (): Promise<Token[]> => fetchWhole('/api/personal-tokens', parseToken);

export interface InvitationForm {
  email: string;
  name: string;
  role: Role;
  locale: string;
  team_ids: string[];
}
export const invite = (body: InvitationForm): Promise<Invitation> => request('POST', '/api/invitations', parseInvitation, { body });
export const resend = (id: string): Promise<Invitation> => request('POST', `/api/invitations/${id}/resend`, parseInvitation);
export const withdraw = (id: string): Promise<unknown> => request('DELETE', `/api/invitations/${id}`, anything);
export const linkOf = async (id: string): Promise<string> => (await request('POST', `/api/invitations/${id}/link`, object({ link: text }))).link;

export const changePerson = (id: string, body: { name?: string; role?: Role; team_ids?: string[] }): Promise<Person> => request('PATCH', `/api/users/${id}`, parsePerson, { body });
/** Large customer bases take a while to change hands. */
const HAND_OVER_MS = 120_000;
export const deactivate = (id: string, owner_id: string | null): Promise<Parsed<typeof parseHandedOver>> =>
  request('POST', `/api/users/${id}/deactivate`, parseHandedOver, { body: { owner_id }, timeoutMs: HAND_OVER_MS });
export const reactivate = (id: string): Promise<Person> => request('POST', `/api/users/${id}/reactivate`, parsePerson);

export const askEmailChange = (id: string, email: string): Promise<Person> => request('PUT', `/api/users/${id}/email-change`, parsePerson, { body: { email } });
export const withdrawEmailChange = (id: string): Promise<unknown> => request('DELETE', `/api/users/${id}/email-change`, anything);

export const saveTeam = (id: string | null, body: { name: string; user_ids: string[] }): Promise<Team> =>
  id ? request('PATCH', `/api/teams/${id}`, parseTeam, { body }) : request('POST', '/api/teams', parseTeam, { body });

/** How many accounts a team has, and how many of them are nobody's but the team's. */
export async function accountsOf(team_id: string): Promise<{ all: number; unowned: number }> {
  const count = async (more: string): Promise<number> => (await request('GET', `/api/accounts?team=${team_id}&limit=1&total=true${more}`, parseCount)).total;
  const [all, unowned] = await Promise.all([count(''), count('&owner=none')]);
  return { all, unowned };
}
export const dissolve = (id: string, team_id: string | null): Promise<Parsed<typeof parseDissolved>> =>
  request('POST', `/api/teams/${id}/dissolve`, parseDissolved, { body: { team_id }, timeoutMs: HAND_OVER_MS });

export const endBrowser = (id: string): Promise<unknown> => request('DELETE', `/api/user-sessions/${id}`, anything);
export const endOtherBrowsers = (): Promise<{ count: number }> => request('DELETE', '/api/user-sessions', object({ count: number }));
export const changePassword = (current: string, password: string): Promise<unknown> => request('PUT', '/api/session/password', anything, { body: { current, password } });

export const issueToken = (body: { name: string; scope: string; days: number }): Promise<NewToken> => request('POST', '/api/personal-tokens', parseNewToken, { body });
export const revokeToken = (id: string): Promise<unknown> => request('DELETE', `/api/personal-tokens/${id}`, anything);
