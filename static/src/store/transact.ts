/** One read-write transaction from beginning to end: all of it is kept, or nothing. */
import type { StoreName } from './schema';
import type { Store, WriteTransaction } from './store';

export interface Kept {
  stores: StoreName[];
  /** `strict`: on the disk when it resolves, for what only this phone has. `relaxed`: for what would come again. */
  durability: 'strict' | 'relaxed';
}

/** Run `work` in a transaction over these stores; when it throws, nothing of it stays. */
export async function transact<T>(store: Store, { stores, durability }: Kept, work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
  const tx = store.db.transaction(stores, 'readwrite', { durability });
  // Heard below, or together with what the work throws; never as an error of nobody's.
  tx.done.catch(() => undefined);
  try {
    const result = await work(tx);
    await tx.done;
    return result;
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // Already aborted by the failing request itself, which is then the reason.
    }
    throw tx.error ?? error;
  }
}

/** For what came from the server and would come again. */
export const lightly = (...stores: StoreName[]): Kept => ({ stores, durability: 'relaxed' });

/** Ask a transaction for several things at once: waiting for each in turn is felt. What fails among them fails as one, and is heard once. */
export function together<T extends unknown[]>(...works: { [K in keyof T]: () => Promise<T[K]> }): Promise<T> {
  // Inside an async function also what is thrown at once becomes a rejection beside the others.
  const all = works.map(async (work: () => Promise<unknown>) => work());
  // One result for each work in their order: the tuple that map() has forgotten.
  return Promise.all(all) as Promise<T>;
}
