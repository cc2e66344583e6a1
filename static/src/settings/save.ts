/** Settings of the organisation are changed on the server only, and then read again with the session. */
import { keepSession } from '../boot';
import { request, type Method } from '../core/http';
import { anything } from '../core/parse';
import { Problem, Unreachable } from '../core/problem';
import { fetchSession, useSession } from '../core/session';
import { t } from '../core/i18n/i18n.svelte';
import { appStore } from '../store/current';
import { toast } from '../ui/toasts';

export type SettingErrors = Record<string, string>;

/**
 * Send one change. Returns the errors by field, empty when it worked. Where the screen asks back (`isAsked`), what
 * the server refuses as a whole is returned under its code and not told here.
 */
export async function saveSetting(method: Method, path: string, body?: Record<string, unknown>, { isAsked = false } = {}): Promise<SettingErrors> {
  try {
    await request(method, path, anything, body ? { body } : {});
    const session = await fetchSession();
    if (session) {
      useSession(session);
      await keepSession(appStore(), session);
    }
    toast(t('common.saved'), { tone: 'good' });
    return {};
  } catch (error) {
    if (error instanceof Problem) {
      if (isAsked && error.status === 409) return { [error.code]: error.message };
      if (error.errors.length === 0) toast(error.message, { tone: 'bad' });
      return error.errors.length ? Object.fromEntries(error.errors.map(({ field, message }) => [field, message])) : { '': error.message };
    }
    if (!(error instanceof Unreachable)) throw error;
    toast(t('settings.offline'), { tone: 'bad' });
    return { '': t('settings.offline') };
  }
}
