/** What to say when the server cannot be asked or refuses. */
import { t } from '../core/i18n/i18n.svelte';
import { Problem, Unreachable } from '../core/problem';

export function troubleText(error: unknown): string {
  if (error instanceof Unreachable) return t('import.offline');
  if (error instanceof Problem) return [error.message, ...error.errors.map((item) => item.message)].filter(Boolean).join(' ');
  return error instanceof Error ? error.message : String(error);
}
