/** Roles, teams and days as these screens word them. */
import { viewpoint } from '../core/author';
import { t, type Key } from '../core/i18n/i18n.svelte';
import { session } from '../core/session';
import { dayIn, dayText } from '../core/time';
import type { Role } from './server';

export const ROLE_KEYS: Record<Role, Key> = {
  administrator: 'role.administrator',
  manager: 'role.manager',
  rep: 'role.rep',
  back_office: 'role.back_office',
};
const ABOUT_KEYS: Record<Role, Key> = {
  administrator: 'people.about_administrator',
  manager: 'people.about_manager',
  rep: 'people.about_rep',
  back_office: 'people.about_back_office',
};

export const roleText = (role: Role): string => t(ROLE_KEYS[role]);
export const aboutRole = (role: Role): string => t(ABOUT_KEYS[role]);

/** 東京第一・東京第二, or a dash. */
export const teamsText = (ids: string[]): string =>
  session()
    .teams.filter((team) => ids.includes(team.id))
    .map((team) => team.name)
    .join('・') || t('people.no_team');

/** 11/25 (水), in the organisation's days. */
export const dayOf = (at: string): string => dayText(dayIn(session().organisation.timezone, at), viewpoint().today);
