/** The signed-in person's own day on this phone, followed as it changes and as time goes by. */
import { session } from '../core/session';
import { appStore } from '../store/current';
import type { StoreName } from '../store/schema';
import { readRoute, type Planner } from './actions';
import { fixedOn } from './fixed';

/** Late and early are told by the minute. */
const EVERY_MS = 30_000;
const STANDS_ON: ReadonlySet<StoreName> = new Set<StoreName>(['stops', 'meta', 'accounts', 'appointments']);

export type OwnRoute = Awaited<ReturnType<typeof readRoute>>;

/** Who plans: the person, now, around what is fixed. */
export async function ownPlanner(day: string): Promise<Planner> {
  const { user, organisation } = session();
  const [store, now] = [appStore(), new Date()];
  const fixed = await fixedOn(store, { day, timezone: organisation.timezone, now });
  return { store, day, timezone: organisation.timezone, user_id: user.id, team_ids: user.team_ids, ranks: organisation.ranks, working_days: organisation.working_days, fixed, now };
}

/** Follow the day's route while a screen shows it; nothing until it has been read. */
export function followRoute(dayOf: () => string): { readonly current: OwnRoute | null } {
  let current = $state.raw<OwnRoute | null>(null);
  $effect(() => {
    const day = dayOf();
    let isGone = false;
    let isReading = false;
    let isStale = false;
    const read = async () => {
      isStale = true;
      if (isReading) return;
      isReading = true;
      try {
        // A change during the reading asks for one more, never for two at once.
        while (isStale && !isGone) {
          isStale = false;
          const found = await readRoute(await ownPlanner(day));
          if (!isGone) current = found;
        }
      } catch (error) {
        if (!appStore().is_closed()) throw error;
      } finally {
        isReading = false;
      }
    };
    const stop = appStore().onChange(({ stores }) => void (stores.some((name) => STANDS_ON.has(name)) && read()));
    const timer = setInterval(() => void read(), EVERY_MS);
    void read();
    return () => {
      isGone = true;
      stop();
      clearInterval(timer);
    };
  });
  return {
    get current() {
      return current;
    },
  };
}
