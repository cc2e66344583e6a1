/** Pure decisions of the team's day. */
import type { Activity } from '../visits/wire';

export interface UserDay {
  user_id: string | null;
  visits: number;
  met: number;
  activities: Activity[];
}

/** One entry per user, the busiest first; each user's activities stay in the order given. */
export function byUser(activities: Activity[], met_outcome: number): UserDay[] {
  const days = new Map<string | null, UserDay>();
  for (const activity of activities) {
    const day = days.get(activity.user_id) ?? { user_id: activity.user_id, visits: 0, met: 0, activities: [] };
    if (activity.channel === 'visit') {
      day.visits += 1;
      if (activity.outcome === met_outcome) day.met += 1;
    }
    day.activities.push(activity);
    days.set(activity.user_id, day);
  }
  return [...days.values()].sort((a, b) => b.visits - a.visits || b.activities.length - a.activities.length);
}
