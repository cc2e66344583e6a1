/** The store of the signed-in user on this phone, for the screens. */
import type { Store } from './store';

let current: Store | null = null;

export function useStore(store: Store): void {
  current = store;
}

/** The open store; the app mounts only after it is there. */
export function appStore(): Store {
  if (!current) throw new Error('The local store is not open yet.');
  return current;
}
