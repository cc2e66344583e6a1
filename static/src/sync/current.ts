/** The running engine of the signed-in user, for the screens. */
import { writable, type Readable } from '../core/signal';
import type { Engine, SyncState } from './engine';

let current: Engine | null = null;
const state = writable<SyncState>({ phase: 'idle', fresh_at: null, received: 0, is_cut_off: false, detail: '' });

export const syncState: Readable<SyncState> = state;

export function useEngine(engine: Engine): void {
  current = engine;
  engine.state.subscribe((next) => state.set(next));
}

/** Send what waits and fetch what is new; resolves when that round is over, with or without a network. */
export async function syncNow(): Promise<void> {
  await current?.sync();
}
