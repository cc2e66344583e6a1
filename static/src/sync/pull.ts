/** Fetching what changed on the server since the last time, page by page; each page and its cursor are stored together. */
import { send } from '../core/http';
import { anything, flag, listOf, number, object, oneOf, optional, text, type Parsed } from '../core/parse';
import type { EntityStore } from '../store/schema';
import { removeRow, write } from '../store/rows';
import type { Store, WriteTransaction } from '../store/store';
import { mergeRow, pendingChanges } from './merge';

const PAGE_ROWS = 2_000;

const parseChanges = object({
  cursor: number,
  more: flag,
  accounts: optional(listOf(anything), []),
  activities: optional(listOf(anything), []),
  contacts: optional(listOf(anything), []),
  tasks: optional(listOf(anything), []),
  gone: optional(listOf(object({ type: oneOf('account', 'activity', 'contact', 'task'), id: text })), []),
});

type Changes = Parsed<typeof parseChanges>;

const STORES = ['accounts', 'contacts', 'activities', 'tasks'] as const satisfies EntityStore[];
const STORE_OF = { account: 'accounts', activity: 'activities', contact: 'contacts', task: 'tasks' } as const;

export interface PullOptions {
  origin?: string;
  /** Called after each page with the number of rows received so far. */
  onprogress?: (rows: number) => void;
}

/** Bring the store up to date. Returns how many rows came. Throws Problem or Unreachable; pages stored before that stay. */
export async function pull(store: Store, { origin, onprogress }: PullOptions = {}): Promise<number> {
  let rows = 0;
  for (;;) {
    const cursor = await readCursor(store);
    const etag = await store.db.get('meta', 'pull_etag');
    const answer = await send('GET', `/api/sync/pull?cursor=${cursor}&limit=${PAGE_ROWS}`, {
      timeoutMs: 60_000,
      ...(origin === undefined ? {} : { origin }),
      ...(typeof etag === 'string' ? { etag } : {}),
    });
    if (answer.status === 304) return rows;
    const changes = parseChanges(answer.body, '');
    await storePage(store, changes, changes.more ? null : answer.etag);
    rows += STORES.reduce((sum, name) => sum + changes[name].length, 0);
    onprogress?.(rows);
    if (!changes.more) return rows;
  }
}

const parseItems = object({ items: listOf(anything) });

/** Fetch what hangs on one account: its history and its people come with no change of their own when it is brought back. */
export async function pullAccount(store: Store, id: string, { origin }: PullOptions = {}): Promise<void> {
  const options = origin === undefined ? {} : { origin };
  const activities = parseItems((await send('GET', `/api/accounts/${id}/activities?limit=200`, options)).body, '').items;
  const contacts = parseItems((await send('GET', `/api/contacts?account_id=${id}`, options)).body, '').items;
  await write(store, [id], async (tx) => {
    const pending = pendingChanges(await tx.objectStore('outbox').getAll());
    for (const row of activities) await mergeRow(tx, 'activities', row, pending);
    for (const row of contacts) await mergeRow(tx, 'contacts', row, pending);
  });
}

async function readCursor(store: Store): Promise<number> {
  const cursor = await store.db.get('meta', 'cursor');
  return typeof cursor === 'number' ? cursor : 0;
}

async function storePage(store: Store, changes: Changes, etag: string | null): Promise<void> {
  const touched = [...changes.accounts.map(idOf), ...changes.gone.filter((item) => item.type === 'account').map((item) => item.id)];
  await write(store, touched, async (tx) => {
    const pending = pendingChanges(await tx.objectStore('outbox').getAll());
    for (const name of STORES) for (const row of changes[name]) await mergeRow(tx, name, row, pending);
    for (const item of changes.gone) await removeGone(tx, STORE_OF[item.type], item.id);
    await tx.objectStore('meta').put(changes.cursor, 'cursor');
    await tx.objectStore('meta').put(etag, 'pull_etag');
  });
}

/** What the person may no longer see leaves the phone with all that hangs on it; unsent operations stay in the outbox. */
async function removeGone(tx: WriteTransaction, store: EntityStore, id: string): Promise<void> {
  await removeRow(tx, store, id);
  if (store !== 'accounts') return;
  const range = IDBKeyRange.bound([id, ''], [id, '\uffff']);
  for (const key of await tx.objectStore('activities').index('by_account').getAllKeys(range)) await tx.objectStore('activities').delete(key);
  for (const key of await tx.objectStore('contacts').index('by_account').getAllKeys(id)) await tx.objectStore('contacts').delete(key);
  for (const key of await tx.objectStore('tasks').index('by_account').getAllKeys(id)) await tx.objectStore('tasks').delete(key);
}

const parseIdentity = object({ id: text });
const idOf = (row: unknown): string => parseIdentity(row, '').id;
