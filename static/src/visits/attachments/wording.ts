/** What is said of files that cannot be taken. */
import { t, type Key } from '../../core/i18n/i18n.svelte';
import type { Unfit } from './prepared';

const REASONS: Record<Unfit['reason'], Key> = {
  too_large: 'attach.too_large',
  unopenable: 'attach.unopenable',
  not_a_pdf: 'attach.not_a_pdf',
  empty: 'attach.empty',
};

export const unfitText = (error: Unfit, name: string): string => t(REASONS[error.reason], { name });
