/** When to send and fetch: at the start, when the network or the page comes back, after each save, and on a timer. */
import { ownConnection } from '../core/http';
import { Problem } from '../core/problem';
import { writable } from '../core/signal';
import { clockOff, isStorageFull } from '../core/trouble';
import type { Store } from '../store/store';
import { sendAndReceive, sendWaiting, type RoundOptions, type RoundReport } from './round';
import { NO_STATE, type Engine, type SyncPhase, type SyncState } from './state';

export interface EngineOptions extends Omit<RoundOptions, 'report'> {
  onSignedOut: () => void;
  /** The administrator wants this phone's data gone: what was recorded has been sent before. */
  onWiped?: () => void;
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

export function startEngine({ onSignedOut, onWiped, onWake, random = Math.random, ...given }: EngineOptions): Engine {
  const { store, via = ownConnection } = given;
  const state = writable<SyncState>(NO_STATE);
  const change = (news: Partial<SyncState>) => state.update((now) => ({ ...now, ...news }));
  // Something of the round has come through.
  const isHeard = ({ received, sending, fresh_at }: Partial<RoundReport>) => Boolean(received || sending?.done || fresh_at);
  const options: RoundOptions = { ...given, report: (news) => change(isHeard(news) ? { ...news, is_cut_off: false } : news) };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isWanted = false;
  let running: Promise<void> | null = null;
  let isStopped = false;

  void remembered(store).then((news) => change(news));
  const stopListening = store.onChange(({ stores }) => {
    // Sent by another tab, or by the worker.
    if (stores.includes('receipts')) void remembered(store).then((news) => !isStopped && change(news));
  });

  async function loop(): Promise<void> {
    clearTimeout(timer);
    // Asked meanwhile (a save, the network back): once more, or that call would be swallowed.
    while (isWanted && !isStopped) {
      isWanted = false;
      change({ phase: 'working', received: 0 });
      const { phase, detail } = await sendAndReceive(options).then(({ end, detail: said }) => ({ phase: end === 'done' ? ('idle' as const) : end, detail: said }), judge);
      if (isStopped) return;
      change({ phase, detail, is_cut_off: phase === 'unreachable', sending: null, clock_off_ms: clockOff(via.ahead_ms) });
      failures = phase === 'idle' ? 0 : failures + 1;
      if (phase === 'signed_out') onSignedOut();
      if (phase === 'wiped') onWiped?.();
    }
    if (!isStopped) timer = setTimeout(onTimer, backoffMs(failures, random));
  }

  function sync(): Promise<void> {
    isWanted = true;
    // The first fetch of a large customer base takes its time; what is saved meanwhile does not wait for it.
    if (running) void sendWaiting(options).catch(() => undefined);
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
      stopListening();
      clearTimeout(timer);
      if (typeof window === 'undefined') return;
      window.removeEventListener('online', onOnline);
      document.removeEventListener('visibilitychange', onVisible);
    },
  };
}

/** What former rounds left: when everything was last heard, and last sent. */
async function remembered(store: Store): Promise<Pick<SyncState, 'fresh_at' | 'all_sent_at'>> {
  const tx = store.db.transaction('meta');
  const [fresh_at, all_sent_at] = await Promise.all([tx.store.get('fresh_at'), tx.store.get('all_sent_at')]);
  return { fresh_at: typeof fresh_at === 'string' ? fresh_at : null, all_sent_at: typeof all_sent_at === 'string' ? all_sent_at : null };
}

function judge(error: unknown): { phase: SyncPhase; detail: string } {
  const detail = error instanceof Error ? error.message : String(error);
  if (isStorageFull(error)) return { phase: 'full', detail };
  if (error instanceof Problem) return { phase: phaseOf(error), detail };
  return { phase: error instanceof Error && error.name === 'Unreachable' ? 'unreachable' : 'trouble', detail };
}

function phaseOf({ status, code }: Problem): SyncPhase {
  if (status === 401) return 'signed_out';
  if (code === 'device_wiped') return 'wiped';
  return status >= 500 ? 'unreachable' : 'trouble';
}
