/** Many rows of a load into a store, a slice at a time: between two slices the phone paints, and the person's own saving gets its turn. */
import type { EntityStore } from '../store/schema';
import type { Store, WriteTransaction } from '../store/store';
import { lightly, transact } from '../store/transact';
import { beginLaying, keyOf, mergeRow, putPlain, type Laying } from './merge';

const SLICE_ROWS = 400;

type Raw = Record<string, unknown>;

/** Store rows of one table. The rows of lists and map are packed already: only accounts with something unsent on them get theirs anew. */
export async function storeSlices(store: Store, name: EntityStore, rows: Raw[], onslice: (count: number) => void): Promise<void> {
  for (let from = 0; from < rows.length; from += SLICE_ROWS) {
    const slice = rows.slice(from, from + SLICE_ROWS);
    await transact(store, lightly('meta', 'outbox', 'bases', 'account_rows', name), (tx) => storeSlice(tx, name, slice));
    onslice(slice.length);
  }
  if (rows.length) store.announce({ stores: [name], account_ids: [] });
}

async function storeSlice(tx: WriteTransaction, name: EntityStore, slice: Raw[]): Promise<void> {
  const laying = await beginLaying(tx);
  const present = await versionsOf(tx, name, slice);
  const puts: Promise<unknown>[] = [];
  for (const [at, row] of slice.entries()) {
    const id = String(row['id']);
    if (isUnderSomething(keyOf(name, id), laying)) await mergeRow(tx, name, row, laying);
    else if ((present[at] ?? -1) < Number(row['version'])) {
      const put = putPlain(tx, name, row);
      // Heard below; or the transaction has failed by another row, which is then told.
      put.catch(() => undefined);
      puts.push(put);
    }
  }
  await Promise.all(puts);
}

/** The versions of those that are here already. */
async function versionsOf(tx: WriteTransaction, name: EntityStore, slice: Raw[]): Promise<(number | undefined)[]> {
  const rows = tx.objectStore(name);
  if ((await rows.count()) === 0) return [];
  return Promise.all(slice.map(async (row) => (await rows.get(String(row['id'])))?.version));
}

const isUnderSomething = (key: string, { pending, removed, based }: Laying): boolean => pending.has(key) || removed.has(key) || based.has(key);
