/** What the screens know of sync. Small, and apart from the engine, which is loaded after the first paint. */
import type { Readable } from '../core/signal';

export type SyncPhase = 'idle' | 'working' | 'unreachable' | 'signed_out' | 'trouble' | 'full' | 'wiped';

export interface SyncState {
  phase: SyncPhase;
  /** When this phone last heard everything the server has. */
  fresh_at: string | null;
  /** Rows received so far while a fetch is under way. */
  received: number;
  /** The last try did not reach the server, and the one under way has not either. */
  is_cut_off: boolean;
  /** What is still being loaded for the first time (or anew); null when this phone has it all. */
  loading: 'rows' | 'details' | 'activities' | null;
  /** How many of the waiting operations have been answered, while some are under way. */
  sending: { done: number; total: number } | null;
  /** When the outbox was last emptied. */
  all_sent_at: string | null;
  /** How far this device's clock is behind the server's, when that is more than five minutes. The server puts times right. */
  clock_off_ms: number | null;
  /** What went wrong, for the person who helps: only with `trouble`. */
  detail: string;
}

export const NO_STATE: SyncState = { phase: 'idle', fresh_at: null, received: 0, is_cut_off: false, loading: null, sending: null, all_sent_at: null, clock_off_ms: null, detail: '' };

/** What an empty phone asks first (sync/snapshot.ts), so that it can be asked for while the rest of the app is still on its way. */
export const FIRST_ROWS = '/api/sync/snapshot?part=rows';

export interface Engine {
  state: Readable<SyncState>;
  /** Ask for a round; while one is under way another follows it. Resolves when nothing is left to do. */
  sync(): Promise<void>;
  stop(): void;
}
