/** Many rows of a load into a store, a slice at a time: between two slices the phone paints, and the person's own saving gets its turn. */
import { unwrap } from 'idb';
import type { EntityStore } from '../store/schema';
import type { Store, WriteTransaction } from '../store/store';
import { lightly, transact } from '../store/transact';
import { countOf, rowsOf, type Table } from './columns';
import { beginLaying, isOlder, keyOf, mergeRow, PARSERS, putPlain, type Laying, type Row } from './merge';

const SLICE_ROWS = 400;

interface Portions {
  table: Table | undefined;
  onslice: (count: number) => void;
}

/** Store rows of one table. The rows of lists and map are packed already: only accounts with something unsent on them get theirs anew. */
export async function storeSlices(store: Store, name: EntityStore, { table, onslice }: Portions): Promise<void> {
  const count = countOf(table);
  if (count === 0) return;
  // Asked once for the whole page: on a phone that is being filled for the first time hardly any is here.
  const here = new Set(await store.db.getAllKeys(name));
  for (let from = 0; from < count; from += SLICE_ROWS) {
    const rows = rowsOf(table, from, from + SLICE_ROWS);
    await transact(store, lightly('meta', 'outbox', 'bases', 'account_rows', name), (tx) => storeSlice(tx, name, { rows, here }));
    onslice(rows.length);
  }
  store.announce({ stores: [name], account_ids: [] });
}

interface Slice {
  rows: Record<string, unknown>[];
  here: Set<string>;
}

async function storeSlice(tx: WriteTransaction, name: EntityStore, { rows, here }: Slice): Promise<void> {
  const laying = await beginLaying(tx);
  // A hundred thousand promises would take as long as the rows: what fails here fails the transaction, which tells it.
  const plain = unwrap(tx.objectStore(name));
  for (const row of rows) {
    const id = String(row['id']);
    if (isUnderSomething(keyOf(name, id), laying)) await mergeRow(tx, name, row, laying);
    else if (!here.has(id)) plain.put(PARSERS[name](row, name));
    else await freshen(tx, name, PARSERS[name](row, name));
  }
}

async function freshen(tx: WriteTransaction, name: EntityStore, row: Row): Promise<void> {
  const former = await tx.objectStore(name).get(row.id);
  if (!former || isOlder(former, row)) await putPlain(tx, name, row);
}

const isUnderSomething = (key: string, { pending, removed, based }: Laying): boolean => pending.has(key) || removed.has(key) || based.has(key);
