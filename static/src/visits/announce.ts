/** Saying that a visit is kept on the phone, and then that the server has it. */
import { t } from '../core/i18n/i18n.svelte';
import { painted } from '../core/painted';
import { clockTime } from '../core/time';
import type { Store } from '../store/store';
import { syncNow } from '../sync/current';
import { outcomeOf } from '../sync/outbox';
import { retoast, toast } from '../ui/toasts';

/** As long as the message is on the screen. */
const WATCHED_MS = 5_000;

/**
 * Tell at once that it is on this phone; send it; tell the outcome on the same line while it is still shown.
 * Resolves when the first has been seen: closing a sheet and sending can wait for that.
 */
export async function announceSaved(store: Store, op_id: string): Promise<void> {
  const id = toast(t('sync.on_this_phone'), { tone: 'plain' });
  await painted();
  void syncNow();
  void outcomeOf(store, op_id, WATCHED_MS).then((outcome) => {
    if (outcome.kind === 'sent') retoast(id, t('sync.sent_at', { time: clockTime(outcome.receipt.sent_at) }), 'good');
    if (outcome.kind === 'refused') retoast(id, t('sync.refused', { reason: outcome.operation.refusal?.message ?? '' }), 'bad');
  });
}
