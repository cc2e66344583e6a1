/** Who acts, when and where on the clock: given to every action by name, never guessed inside one. */
import { session } from './session';
import { todayIn } from './time';
import type { Viewpoint } from '../accounts/rules';

export interface Author {
  user_id: string;
  timezone: string;
  now: Date;
}

export function author(): Author {
  const { user, organisation } = session();
  return { user_id: user.id, timezone: organisation.timezone, now: new Date() };
}

/** How the signed-in user sees the accounts today. */
export function viewpoint(): Viewpoint {
  const { user, organisation } = session();
  return { user_id: user.id, team_ids: user.team_ids, today: todayIn(organisation.timezone), timezone: organisation.timezone };
}
