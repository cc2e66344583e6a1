/** A phone that dies: from a given write on, nothing more reaches its store, and the transaction under way is rolled back. */
import { unwrap } from 'idb';
import type { Store } from '../store/store';

const WRITES = ['put', 'add', 'delete', 'clear'] as const;

export class Off extends Error {
  override name = 'Off';
}

/** Let `work` run until the phone dies at its write number `at`, counted from 0. Returns whether it died; false: the work was done before. */
export async function dyingAt(store: Store, at: number, work: () => Promise<unknown>): Promise<boolean> {
  const database: unknown = unwrap(store.db);
  const prototype: object = IDBObjectStore.prototype;
  const originals = new Map(WRITES.map((name) => [name, Reflect.get(prototype, name) as unknown]));
  let writes = 0;
  let isOff = false;
  for (const [name, original] of originals) {
    Reflect.set(prototype, name, function (this: IDBObjectStore, ...given: unknown[]): unknown {
      if (this.transaction.db === database && writes++ >= at) {
        isOff = true;
        try {
          this.transaction.abort();
        } catch {
          // Rolled back already.
        }
        throw new Off('the phone is off');
      }
      return Reflect.apply(original as () => unknown, this, given);
    });
  }
  try {
    await work();
  } catch (error) {
    if (!isOff) throw error;
  } finally {
    for (const [name, original] of originals) Reflect.set(prototype, name, original);
  }
  return isOff;
}
