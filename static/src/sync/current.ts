/** The running engine of the signed-in user, for the screens. */
import { writable, type Readable } from '../core/signal';
import { NO_STATE, type Engine, type SyncState } from './state';

let current: Engine | null = null;
const state = writable<SyncState>(NO_STATE);

export const syncState: Readable<SyncState> = state;

export function useEngine(engine: Engine): void {
  current = engine;
  engine.state.subscribe((next) => state.set(next));
}

/** Send what waits and fetch what is new; resolves when that round is over, with or without a network. */
export async function syncNow(): Promise<void> {
  await current?.sync();
}
