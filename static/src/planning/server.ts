/** The server's part in planning: how one works and how the organisation plans, kept in step while there is a signal. Without one nothing waits. */
import { request, send } from '../core/http';
import { UnreadableError } from '../core/parse';
import { Problem, Unreachable } from '../core/problem';
import type { Store } from '../store/store';
import { keepHabits, keepRuling, parseHabits, parseRuling, type Habits } from './habits';

const UNSENT = 'planning.habits_unsent';
const TIMEOUT_MS = 8_000;

/** What the person set on this phone goes to the server; what is not sent now goes with the next. */
export async function sendHabits(store: Store, habits: Habits): Promise<void> {
  await store.db.put('meta', true, UNSENT);
  try {
    await send('PUT', '/api/planning/preferences', { body: habits, timeoutMs: TIMEOUT_MS });
    await store.db.delete('meta', UNSENT);
  } catch (error) {
    if (!isQuiet(error)) throw error;
  }
}

/** Fetch how the organisation plans and, unless something set here is still unsent, how the person works. */
export async function refreshWays(store: Store): Promise<void> {
  try {
    const ruling = await request('GET', '/api/planning/settings', parseRuling, { timeoutMs: TIMEOUT_MS });
    await keepRuling(store, ruling);
    const isUnsent = (await store.db.get('meta', UNSENT)) !== undefined;
    if (isUnsent) {
      await sendHabits(store, parseHabits(await store.db.get('meta', 'planning.habits'), 'planning.habits'));
      return;
    }
    await keepHabits(store, await request('GET', '/api/planning/preferences', parseHabits, { timeoutMs: TIMEOUT_MS }));
  } catch (error) {
    if (!isQuiet(error)) throw error;
  }
}

/** No line, signed out, or a server that does not know this yet: what is here goes on being used. */
const isQuiet = (error: unknown): boolean => error instanceof Unreachable || error instanceof Problem || error instanceof UnreadableError;
