/** When to send and fetch: at the start, when the network or the page comes back, after each save, and on a timer. */
import { Problem } from '../core/problem';
import { writable, type Readable } from '../core/signal';
import type { Store } from '../store/store';
import type { Courier } from './courier';
import { pull, pullAccount } from './pull';
import { push } from './push';

export type SyncPhase = 'idle' | 'working' | 'unreachable' | 'signed_out' | 'trouble';

export interface SyncState {
  phase: SyncPhase;
  /** When this phone last heard everything the server has. */
  fresh_at: string | null;
  /** Rows received so far while a fetch is under way. */
  received: number;
  /** The last try did not reach the server, and the one under way has not either. */
  is_cut_off: boolean;
  /** What went wrong, for the person who helps: only with `trouble`. */
  detail: string;
}

export interface Engine {
  state: Readable<SyncState>;
  /** Ask for a round; while one is under way another follows it. Resolves when nothing is left to do. */
  sync(): Promise<void>;
  stop(): void;
}

export interface EngineOptions {
  store: Store;
  courier: Courier;
  onSignedOut: () => void;
  /** Called when the page is seen again: refresh what is not in the change feed. */
  onWake?: () => void;
  random?: () => number;
}

const POLL_MS = 20_000;
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 300_000;

/** The pause before the next try: doubling, and jittered so that a fleet does not return all at once. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  if (failures === 0) return POLL_MS * (0.75 + random() / 2);
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.5 + random());
}

export function startEngine({ store, courier, onSignedOut, onWake, random = Math.random }: EngineOptions): Engine {
  const state = writable<SyncState>({ phase: 'idle', fresh_at: null, received: 0, is_cut_off: false, detail: '' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isWanted = false;
  let running: Promise<void> | null = null;
  let isStopped = false;
  let isPulling = false;

  void store.db.get('meta', 'fresh_at').then((at) => {
    if (typeof at === 'string' && !state.get().fresh_at) state.update((now) => ({ ...now, fresh_at: at }));
  });

  async function round(): Promise<SyncPhase> {
    const { end, restored } = await push(store, courier);
    for (const id of restored) await pullAccount(store, id);
    if (end !== 'done') return end;
    isPulling = true;
    await pull(store, { onprogress: (received) => state.update((now) => ({ ...now, received, is_cut_off: false })) });
    const fresh_at = new Date().toISOString();
    await store.db.put('meta', fresh_at, 'fresh_at');
    state.update((now) => ({ ...now, fresh_at }));
    return 'idle';
  }

  async function loop(): Promise<void> {
    clearTimeout(timer);
    // Asked meanwhile (a save, the network back): once more, or that call would be swallowed.
    while (isWanted && !isStopped) {
      isWanted = false;
      state.update((now) => ({ ...now, phase: 'working', received: 0 }));
      const { phase, detail } = await round().then((ended) => ({ phase: ended, detail: '' }), judge);
      isPulling = false;
      if (isStopped) return;
      state.update((now) => ({ ...now, phase, is_cut_off: phase === 'unreachable', detail }));
      failures = phase === 'idle' ? 0 : failures + 1;
      if (phase === 'signed_out') onSignedOut();
    }
    if (!isStopped) timer = setTimeout(onTimer, backoffMs(failures, random));
  }

  function sync(): Promise<void> {
    isWanted = true;
    // The first fetch of a large customer base takes its time; what is saved meanwhile does not wait for it.
    if (isPulling) void push(store, courier).catch(() => undefined);
    running ??= loop().finally(() => {
      running = null;
    });
    return running;
  }

  const isHidden = () => typeof document !== 'undefined' && document.visibilityState === 'hidden';

  function onTimer(): void {
    // A hidden page polls nothing; coming back starts a round.
    if (isHidden()) timer = setTimeout(onTimer, POLL_MS);
    else void sync();
  }

  function onVisible(): void {
    if (isHidden()) return;
    onWake?.();
    void sync();
  }
  const onOnline = () => void sync();

  if (typeof window !== 'undefined') {
    window.addEventListener('online', onOnline);
    document.addEventListener('visibilitychange', onVisible);
  }

  return {
    state,
    sync,
    stop() {
      isStopped = true;
      clearTimeout(timer);
      if (typeof window === 'undefined') return;
      window.removeEventListener('online', onOnline);
      document.removeEventListener('visibilitychange', onVisible);
    },
  };
}

function judge(error: unknown): { phase: SyncPhase; detail: string } {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof Problem) return { phase: error.status === 401 ? 'signed_out' : error.status >= 500 ? 'unreachable' : 'trouble', detail };
  return { phase: error instanceof Error && error.name === 'Unreachable' ? 'unreachable' : 'trouble', detail };
}
