/** Saying how the keeping of an area ended. */
import { t, type Key } from '../core/i18n/i18n.svelte';
import type { KeepEnd } from '../map/keeping';
import { toast } from '../ui/toasts';

const SAID: Record<KeepEnd, Key> = { done: 'map.keep_done', cancelled: 'map.keep_cancelled', full: 'map.keep_full', unready: 'map.keep_unready', unreachable: 'map.keep_unreachable' };

export function tellKept(end: KeepEnd): void {
  toast(t(SAID[end]), { tone: end === 'done' ? 'good' : end === 'cancelled' ? 'plain' : 'bad' });
}
