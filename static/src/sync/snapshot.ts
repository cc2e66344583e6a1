/**
 * The first load, and every load anew: rows of lists and map first, so that the phone can be used at once; then all details; then a year of activities.
 * Each page is stored together with the place where the next one begins: killed at any point, it goes on there.
 */
import { inOrder, toRow } from '../accounts/rules';
import { ownConnection, send, type Connection } from '../core/http';
import { flag, mapOf, nullable, number, object, oneOf, optional, text, type Parsed } from '../core/parse';
import { applyDeltas, packAll, putPacks } from '../store/pack';
import type { EntityStore, RowDelta } from '../store/schema';
import type { Store, WriteTransaction } from '../store/store';
import { lightly, transact } from '../store/transact';
import { idsOf, parseTable } from './columns';
import { doomedIds, dropDoomed, spare } from './doomed';
import { readListed } from './listed';
import { storeSlices } from './slices';

const TIMEOUT_MS = 120_000;
const PARTS = ['rows', 'details', 'activities'] as const;
const TABLES = ['accounts', 'contacts', 'tasks', 'appointments', 'conflicts', 'attachments', 'activities'] as const satisfies EntityStore[];

const parsePage = object({
  cursor: number,
  reach: optional(text, ''),
  next: nullable(text),
  working_set: nullable(text),
  is_partial: optional(flag, false),
  total: nullable(number),
  tables: mapOf(parseTable),
});
type Page = Parsed<typeof parsePage>;

/** Where a load stands: the part and page that come next, and what they are asked with. */
const parsePlace = object({
  part: oneOf(...PARTS),
  after: nullable(text),
  cursor: nullable(number),
  working_set: nullable(text),
});
export type Place = Parsed<typeof parsePlace>;

/** How much of the customer base the phone holds: all of it, or the part that matters most to this person. */
export const parseHolding = object({ is_partial: flag, total: nullable(number) });
export type Holding = Parsed<typeof parseHolding>;

/** Whether every account the person may see has its row on this phone. */
export async function holdsAll(store: Store): Promise<boolean> {
  const holding = await store.db.get('meta', 'holding');
  return holding !== undefined && !parseHolding(holding, 'holding').is_partial;
}

const BEGINNING: Place = { part: 'rows', after: null, cursor: null, working_set: null };

/** Ask for everything anew. What is there stays until the new rows say that it goes. */
export function beginSnapshot(store: Store): Promise<void> {
  return transact(store, lightly('meta'), async (tx) => {
    await tx.objectStore('meta').put(BEGINNING, 'snapshot');
    await tx.objectStore('meta').delete('doomed');
  });
}

/** Where the load stands; null when this phone has everything. */
export async function snapshotPlace(store: Store): Promise<Place | null> {
  const tx = store.db.transaction('meta');
  const [place, cursor] = await Promise.all([tx.store.get('snapshot'), tx.store.get('cursor')]);
  if (place === undefined || place === null) return typeof cursor === 'number' ? null : BEGINNING;
  return parsePlace(place, 'snapshot');
}

export interface LoadOptions {
  via?: Connection;
  onprogress?: (rows: number) => void;
}

/** Fetch and store one page. Returns where the next begins, null at the end. Throws Problem or Unreachable. */
export async function loadPage(store: Store, place: Place, { via = ownConnection, onprogress }: LoadOptions = {}): Promise<Place | null> {
  const query = new URLSearchParams({ part: place.part });
  if (place.cursor !== null) query.set('cursor', String(place.cursor));
  if (place.working_set !== null) query.set('working_set', place.working_set);
  if (place.after !== null) query.set('after', place.after);
  const page = parsePage((await send('GET', `/api/sync/snapshot?${query.toString()}`, { via, timeoutMs: TIMEOUT_MS })).body, '');
  const next = placeAfter(place, page);
  if (place.part === 'rows') await storeRows(store, page, next);
  else await storePage(store, page, { next, onprogress });
  return next;
}

function placeAfter(place: Place, page: Page): Place | null {
  const { cursor, working_set } = page;
  if (page.next !== null) return { ...place, cursor: place.cursor ?? cursor, working_set, after: page.next };
  const part = PARTS[PARTS.indexOf(place.part) + 1];
  return part ? { part, after: null, cursor: place.cursor ?? cursor, working_set: working_set ?? place.working_set } : null;
}

/** All rows of lists and map in one transaction; from then on the phone can be used and pulls what changes. */
async function storeRows(store: Store, page: Page, next: Place | null): Promise<void> {
  const rows = inOrder(await readListed(page.tables['accounts']));
  const packs = packAll(rows);
  const doomed = await doomedIds(store);
  const unsent = await transact(store, lightly('meta', 'accounts', 'account_packs', 'account_rows', 'outbox'), async (tx) => {
    await putPacks(tx, packs);
    const laid = await layUnsentRows(tx);
    const meta = tx.objectStore('meta');
    await meta.put(page.cursor, 'cursor');
    await meta.put(page.reach, 'reach');
    await meta.put({ is_partial: page.is_partial, total: page.total } satisfies Holding, 'holding');
    if (doomed) await meta.put(spare(doomed, 'accounts', idsOf(page.tables['accounts'])), 'doomed');
    await meta.put(next, 'snapshot');
    return laid;
  });
  const stored = new Map(rows.map((row) => [row.id, row]));
  applyDeltas(stored, unsent);
  store.announce({ stores: ['account_packs', 'account_rows', 'meta'], account_ids: null }, stored);
  await dropDoomed(store, 'accounts');
}

/** What is unsent stands above what the server has. Returns the rows so laid. */
async function layUnsentRows(tx: WriteTransaction): Promise<RowDelta[]> {
  const laid: RowDelta[] = [];
  const operations = await tx.objectStore('outbox').getAll();
  const patched = operations.flatMap((item) => item.patches.filter((patch) => patch.store === 'accounts').map((patch) => patch.id));
  for (const id of new Set([...patched, ...operations.flatMap((item) => item.account_id ?? [])])) {
    const account = await tx.objectStore('accounts').get(id);
    if (!account) continue;
    const delta: RowDelta = account.deleted_at ? { id, is_gone: true } : toRow(account);
    await tx.objectStore('account_rows').put(delta);
    laid.push(delta);
  }
  return laid;
}

async function storePage(store: Store, page: Page, { next, onprogress }: { next: Place | null; onprogress: ((rows: number) => void) | undefined }): Promise<void> {
  const seen = new Map<EntityStore, string[]>();
  let stored = 0;
  for (const name of TABLES) {
    const table = page.tables[name];
    seen.set(name, idsOf(table));
    await storeSlices(store, name, { table, onslice: (count) => onprogress?.((stored += count)) });
  }
  // The place moves on only now: a page that was cut off is asked for again, and lies down over itself.
  const isLast = await transact(store, lightly('meta'), async (tx) => {
    const meta = tx.objectStore('meta');
    const doomed = await meta.get('doomed');
    if (doomed) await meta.put([...seen].reduce((left, [name, ids]) => spare(left, name, ids), doomed), 'doomed');
    // At the end something is left to do: what did not come has to go.
    if (next || !doomed) await meta.put(next, 'snapshot');
    return !next && doomed !== undefined;
  });
  if (!isLast) return;
  for (const name of TABLES) await dropDoomed(store, name);
  await transact(store, lightly('meta'), async (tx) => {
    await tx.objectStore('meta').put(null, 'snapshot');
    await tx.objectStore('meta').delete('doomed');
  });
}
