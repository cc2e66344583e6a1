/** What belongs to one day, read from the phone's store. */
import { addDays } from '../accounts/rules';
import { dayIn } from '../core/time';
import type { Store } from '../store/store';
import type { Activity, Task } from '../visits/wire';

export interface DueTask extends Task {
  /** Made on this phone and not yet the server's: it cannot be ticked off before it has been sent. */
  is_unsent: boolean;
}

/** Open tasks of the user that are due by today, the longest overdue first. */
export async function tasksDue(store: Store, who: { user_id: string; today: string }): Promise<DueTask[]> {
  const [tasks, outbox] = await Promise.all([store.db.getAll('tasks'), store.db.getAll('outbox')]);
  const unsent = new Set(outbox.flatMap((operation) => operation.temporary.map((row) => row.id)));
  return tasks
    .filter((task) => !task.done_at && task.owner_id === who.user_id && task.due_on !== null && task.due_on <= who.today)
    .sort((a, b) => ((a.due_on ?? '') < (b.due_on ?? '') ? -1 : 1))
    .map((task) => ({ ...task, is_unsent: unsent.has(task.id) }));
}

/** Activities that took place on a day, newest first; of one user or of all in sight. */
export async function loggedOn(store: Store, of: { day: string; timezone: string; user_id: string | null }): Promise<Activity[]> {
  // No time zone is more than a day from UTC: the index narrows, the time zone decides.
  const range = IDBKeyRange.bound(addDays(of.day, -1), `${addDays(of.day, 2)}`);
  const activities = await store.db.getAllFromIndex('activities', 'by_time', range);
  return activities
    .filter((item) => (of.user_id === null || item.user_id === of.user_id) && dayIn(of.timezone, item.occurred_at) === of.day)
    .reverse();
}
