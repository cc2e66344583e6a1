/** When everything is loaded anew: rows that were here and are not in the new load. They go once that is certain, the unsent ones never. */
import { listOf, mapOf, text } from '../core/parse';
import type { EntityStore } from '../store/schema';
import { writeAgainable } from '../store/rows';
import type { Store } from '../store/store';
import { isUnsentFile, removeGone } from './gone';
import { forgetRow } from './merge';

const STORES = ['accounts', 'contacts', 'tasks', 'appointments', 'conflicts', 'attachments', 'activities'] as const satisfies EntityStore[];
const SLICE = 200;

/** Ids by store, kept in `meta` under `doomed` while the load is under way. */
type Doomed = Record<string, string[]>;

const parseDoomed = mapOf(listOf(text));

/** Everything that is here now; null on a phone that is empty. */
export async function doomedIds(store: Store): Promise<Doomed | null> {
  const doomed: Doomed = {};
  for (const name of STORES) doomed[name] = await store.db.getAllKeys(name);
  return Object.values(doomed).some((ids) => ids.length > 0) ? doomed : null;
}

/** The list without those ids of a store that have come. */
export function spare(kept: unknown, store: EntityStore, ids: string[]): Doomed {
  const doomed = parseDoomed(kept, 'doomed');
  const come = new Set(ids);
  return { ...doomed, [store]: (doomed[store] ?? []).filter((id) => !come.has(id)) };
}

/** Drop what did not come. */
export async function dropDoomed(store: Store, name: EntityStore): Promise<void> {
  const kept = await store.db.get('meta', 'doomed');
  if (kept === undefined) return;
  const ids = parseDoomed(kept, 'doomed')[name] ?? [];
  for (let from = 0; from < ids.length; from += SLICE) await drop(store, name, ids.slice(from, from + SLICE));
}

async function drop(store: Store, name: EntityStore, ids: string[]): Promise<void> {
  await writeAgainable(store, name === 'accounts' ? ids : [], async (tx) => {
    const operations = await tx.objectStore('outbox').getAll();
    const own = new Set(operations.flatMap((item) => [item.entity_id, item.account_id, item.survivor_id, ...item.temporary.map((row) => row.id)]));
    const cursor = Number(await tx.objectStore('meta').get('cursor'));
    for (const id of ids) {
      const row = await tx.objectStore(name).get(id);
      // Changed after the load began: the feed tells what becomes of it.
      if (!row || row.change_seq > cursor) continue;
      if ((await isUnsentFile(tx, name, id)) || (own.has(id) && row.version === 0)) continue;
      if (name === 'accounts') await removeGone(tx, { type: 'account', id, reason: 'reassigned', merged_into: null });
      else await forgetRow(tx, name, id);
    }
  });
}
