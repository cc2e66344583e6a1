/** Live queries: an answer read from the store, read again whenever a table it stands on changes. */
import type { Readable } from '../core/signal';
import type { StoreName } from './schema';
import type { Store } from './store';

/** Run `query` now and after each change to one of `stores`. The value is undefined until the first answer. */
export function live<T>(store: Store, stores: StoreName[], query: () => Promise<T>): Readable<T | undefined> {
  const listeners = new Set<(value: T | undefined) => void>();
  let value: T | undefined;
  let stop: (() => void) | null = null;
  let isRunning = false;
  let isStale = false;

  async function run(): Promise<void> {
    isStale = true;
    if (isRunning) return;
    isRunning = true;
    try {
      // A change during the query asks for one more run, never for two at once.
      while (isStale) {
        isStale = false;
        value = await query();
        for (const listener of [...listeners]) listener(value);
      }
    } catch (error) {
      // The user leaves, or another tab has taken the store: this page is about to go.
      if (!store.is_closed()) throw error;
    } finally {
      isRunning = false;
    }
  }

  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener);
      listener(value);
      if (!stop) {
        stop = store.onChange((change) => {
          if (change.stores.some((name) => stores.includes(name))) void run();
        });
        void run();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          stop?.();
          stop = null;
        }
      };
    },
  };
}
