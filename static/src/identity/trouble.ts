/** Asking the server for something that needs it now: errors at their fields, the rest said in words. */
import { keepSession } from '../boot';
import { t } from '../core/i18n/i18n.svelte';
import { Problem, Unreachable } from '../core/problem';
import { fetchSession, useSession } from '../core/session';
import { appStore } from '../store/current';
import { toast } from '../ui/toasts';

export type Errors = Record<string, string>;

/** What a screen shows in place of what it could not fetch. */
export const reasonOf = (error: unknown): string => (error instanceof Problem ? error.message : t('people.offline'));

/** Do it. Returns the errors by field: none when it worked, '' for what has no field (which is shown at once). */
export async function attempt(work: () => Promise<unknown>): Promise<Errors> {
  try {
    await work();
    return {};
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
    if (error instanceof Problem && error.errors.length > 0) return Object.fromEntries(error.errors.map(({ field, message }) => [field, message]));
    toast(reasonOf(error), { tone: 'bad' });
    return { '': reasonOf(error) };
  }
}

export const worked = (errors: Errors): boolean => Object.keys(errors).length === 0;

/** Who there is and in which teams is part of the session: read it again. Should that fail, the next start does. */
export async function renewSession(): Promise<void> {
  const fresh = await fetchSession().catch(() => null);
  if (!fresh) return;
  useSession(fresh);
  await keepSession(appStore(), fresh);
}
