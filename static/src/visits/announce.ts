/** Saying that a visit is kept on the phone, and then that the server has it. */
import { t } from '../core/i18n/i18n.svelte';
import { clockTime } from '../core/time';
import type { Store } from '../store/store';
import { syncNow } from '../sync/current';
import { retoast, toast } from '../ui/toasts';

/** Tell at once that it is on this phone; send it; tell the outcome on the same line while it is still shown. */
export function announceSaved(store: Store, op_id: string): void {
  const id = toast(t('sync.on_this_phone'), { tone: 'plain' });
  void syncNow().then(async () => {
    const receipt = await store.db.get('receipts', op_id);
    if (receipt) {
      retoast(id, t('sync.sent_at', { time: clockTime(receipt.sent_at) }), 'good');
      return;
    }
    const kept = await store.db.getFromIndex('outbox', 'by_op', op_id);
    if (kept?.refusal) retoast(id, t('sync.refused', { reason: kept.refusal.message }), 'bad');
  });
}
