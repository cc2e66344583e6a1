/** The words for the states of an import. */
import type { Key } from '../core/i18n/i18n.svelte';
import type { Import } from './wire';

export const STATE_KEYS: Record<Import['state'], Key> = {
  draft: 'import.state_draft',
  queued: 'import.state_queued',
  running: 'import.state_running',
  done: 'import.state_done',
  failed: 'import.state_failed',
  interrupted: 'import.state_interrupted',
  undone: 'import.state_undone',
  undoing: 'import.state_undoing',
};

/** While one of these, the server is at work and is asked each second. */
export const BUSY = new Set<Import['state']>(['queued', 'running', 'undoing']);
