/** Fetching what changed on the server since the last time, page by page; each page and its cursor are stored together. */
import { ownConnection, send, type Connection } from '../core/http';
import { anything, flag, listOf, number, object, optional, text, UnreadableError, type Parsed } from '../core/parse';
import { writeAgainable } from '../store/rows';
import type { Store, WriteTransaction } from '../store/store';
import { spare } from './doomed';
import { parseGone, removeGone } from './gone';
import { beginLaying, layAgain, mergeRow } from './merge';
import { noteNews, type Arrival } from './news';
import { beginSnapshot } from './snapshot';

const PAGE_ROWS = 2_000;
/** A page with more rows than this is an import or the like, no news to anybody. */
const MOST_NEWS = 200;
const TIMEOUT_MS = 60_000;

const rows = optional(listOf(anything), []);
const parseChanges = object({
  cursor: number,
  reach: optional(text, ''),
  more: optional(flag, false),
  reset: optional(flag, false),
  accounts: rows,
  contacts: rows,
  activities: rows,
  tasks: rows,
  appointments: rows,
  attachments: rows,
  conflicts: rows,
  gone: optional(listOf(parseGone), []),
});

type Changes = Parsed<typeof parseChanges>;

const STORES = ['accounts', 'contacts', 'activities', 'tasks', 'appointments', 'attachments', 'conflicts'] as const;

export interface PullOptions {
  via?: Connection;
  /** The user of this phone: what they did themselves is no news to them. */
  user_id?: string;
  /** Called after each page with the number of rows received so far. */
  onprogress?: (rows: number) => void;
}

/**
 * Bring the store up to date. Returns how many rows came, or null when this phone has to load everything anew (a snapshot is begun).
 * Throws Problem or Unreachable; pages stored before that stay.
 */
export async function pull(store: Store, { via = ownConnection, user_id = '', onprogress }: PullOptions = {}): Promise<number | null> {
  let received = 0;
  for (;;) {
    const { cursor, reach, etag } = await readPlace(store);
    const query = new URLSearchParams({ cursor: String(cursor), reach, limit: String(PAGE_ROWS) });
    const answer = await send('GET', `/api/sync/pull?${query.toString()}`, { timeoutMs: TIMEOUT_MS, via, ...(etag ? { etag } : {}) });
    if (answer.status === 304) return received;
    const changes = parseChanges(answer.body, '');
    if (changes.reset) {
      await beginSnapshot(store);
      return null;
    }
    await storePage(store, changes, { etag: changes.more ? null : answer.etag, user_id, at: new Date(via.now()).toISOString() });
    received += STORES.reduce((sum, name) => sum + changes[name].length, 0);
    onprogress?.(received);
    if (!changes.more) return received;
  }
}

async function readPlace(store: Store): Promise<{ cursor: number; reach: string; etag: string | null }> {
  const tx = store.db.transaction('meta');
  const [cursor, reach, etag] = await Promise.all(['cursor', 'reach', 'pull_etag'].map((key) => tx.store.get(key)));
  return { cursor: cursorIn(cursor), reach: typeof reach === 'string' ? reach : '', etag: typeof etag === 'string' ? etag : null };
}

const cursorIn = (kept: unknown): number => (typeof kept === 'number' ? kept : 0);

interface Stored {
  etag: string | null;
  user_id: string;
  at: string;
}

async function storePage(store: Store, changes: Changes, { etag, user_id, at }: Stored): Promise<void> {
  const gone = changes.gone.filter((item) => item.type === 'account');
  const touched = [...changes.accounts.map(idOf), ...gone.map((item) => item.id), ...gone.flatMap((item) => item.merged_into ?? [])];
  await writeAgainable(store, touched, async (tx) => {
    // First what leaves: what hung on a merged account comes back under the survivor in the same page.
    for (const item of changes.gone) await removeGone(tx, item);
    const arrivals = await storeRows(tx, changes);
    if (arrivals.length <= MOST_NEWS) await noteNews(tx, arrivals, { user_id, at });
    const meta = tx.objectStore('meta');
    const doomed = await meta.get('doomed');
    if (doomed) await meta.put(STORES.reduce((left, name) => spare(left, name, changes[name].map(idOf)), doomed), 'doomed');
    await meta.put(changes.cursor, 'cursor');
    await meta.put(changes.reach, 'reach');
    await meta.put(etag, 'pull_etag');
  });
}

async function storeRows(tx: WriteTransaction, changes: Changes): Promise<Arrival[]> {
  const laying = await beginLaying(tx);
  const arrivals: Arrival[] = [];
  for (const store of STORES) {
    for (const row of changes[store]) {
      const before = await mergeRow(tx, store, row, laying).catch((error: unknown) => putAside(tx, { store, value: row, error }));
      if (before !== undefined) arrivals.push({ store, before, after: row });
    }
  }
  for (const { merged_into } of changes.gone) if (merged_into) await layAgain(tx, 'accounts', merged_into, laying);
  return arrivals;
}

/** A row that this build cannot read waits for an update of the app; the others do not wait for it. */
async function putAside(tx: WriteTransaction, { store, value, error }: { store: string; value: unknown; error: unknown }): Promise<undefined> {
  if (!(error instanceof UnreadableError)) throw error;
  await tx.objectStore('quarantine').add({ store, at: new Date().toISOString(), reason: error.message, value });
}

const parseItems = object({ items: listOf(anything) });

/** Fetch one account with what hangs on it: it was brought back, or its details have not come yet. */
export async function pullAccount(store: Store, id: string, { via = ownConnection }: PullOptions = {}): Promise<void> {
  // The feed may have told meanwhile that some of it leaves: then it is asked for again.
  while (!(await fetchAccount(store, id, via)));
}

/** Returns false, and stores nothing, when the feed went on while the answers were on their way. */
async function fetchAccount(store: Store, id: string, via: Connection): Promise<boolean> {
  const { cursor } = await readPlace(store);
  const account = (await send('GET', `/api/accounts/${id}`, { via })).body;
  const activities = parseItems((await send('GET', `/api/accounts/${id}/activities?limit=200`, { via })).body, '').items;
  const contacts = parseItems((await send('GET', `/api/contacts?account_id=${id}`, { via })).body, '').items;
  return writeAgainable(store, [id], async (tx) => {
    if (cursorIn(await tx.objectStore('meta').get('cursor')) !== cursor) return false;
    const laying = await beginLaying(tx);
    await mergeRow(tx, 'accounts', account, laying);
    for (const row of activities) await mergeRow(tx, 'activities', row, laying);
    for (const row of contacts) await mergeRow(tx, 'contacts', row, laying);
    return true;
  });
}

const parseIdentity = object({ id: text });
const idOf = (row: unknown): string => parseIdentity(row, '').id;
