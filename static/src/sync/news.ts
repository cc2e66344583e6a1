/** What others changed since a person last looked at an account: marked in lists and on the account, until it is opened. */
import { live } from '../store/live';
import type { EntityStore, News } from '../store/schema';
import type { Store, WriteTransaction } from '../store/store';
import { lightly, transact } from '../store/transact';
import { isSame } from '../core/same';
import type { Readable } from '../core/signal';
import type { Row } from './merge';

/** What the server keeps by itself, or what follows from something else that is told. */
const UNTOLD = new Set([
  'version', 'change_seq', 'updated_at', 'created_at', 'created_by', 'phone_display', 'win_prob_by', 'win_prob_at', 'geo_at', 'geo_flags', 'geo_matched', 'geo_source',
  'precision', 'prefecture', 'municipality', 'last_visit_at', 'last_outcome', 'last_contact_at', 'due_on', 'received_bytes',
]);

/** A row of the server's, as it was here before and as it is now. */
export interface Arrival {
  store: EntityStore;
  before: Row | null;
  after: unknown;
}

type Fields = Record<string, unknown>;

/** Note what came from others. `user_id` is this phone's user: their own doings are no news. */
export async function noteNews(tx: WriteTransaction, arrivals: Arrival[], { user_id, at }: { user_id: string; at: string }): Promise<void> {
  const found = new Map<string, { fields: Set<string>; ids: Set<string>; by: string | null }>();
  for (const arrival of arrivals) {
    const told = newsOf(arrival, user_id);
    if (!told) continue;
    const present = found.get(told.account_id) ?? { fields: new Set<string>(), ids: new Set<string>(), by: null };
    for (const field of told.fields) present.fields.add(field);
    for (const id of told.ids ?? []) present.ids.add(id);
    found.set(told.account_id, { ...present, by: told.by ?? present.by });
  }
  for (const [account_id, { fields, ids, by }] of found) {
    const before = await tx.objectStore('news').get(account_id);
    for (const field of before?.fields ?? []) fields.add(field);
    for (const id of before?.ids ?? []) ids.add(id);
    await tx.objectStore('news').put({ account_id, at, by: by ?? before?.by ?? null, fields: [...fields], ids: [...ids] });
  }
}

function newsOf({ store, before, after }: Arrival, user_id: string): Omit<News, 'at'> | null {
  // One's own, made on another device: no news of the account.
  if (store === 'appointments') return null;
  const row: Fields = { ...(after as object) };
  const by = authorOf(store, row);
  if (by === user_id) return null;
  if (store === 'accounts') {
    const id = String(row['id']);
    if (!before) return null;
    const fields = changedFields({ ...before }, row);
    return fields.length ? { account_id: id, fields, by } : null;
  }
  const account_id = row['account_id'];
  if (typeof account_id !== 'string') return null;
  const isChanged = before === null || changedFields({ ...before }, row).length > 0;
  return isChanged ? { account_id, fields: [store], ids: [String(row['id'])], by } : null;
}

function authorOf(store: EntityStore, row: Fields): string | null {
  const by = store === 'activities' ? row['user_id'] : (row['updated_by'] ?? (store === 'attachments' ? row['created_by'] : null));
  return typeof by === 'string' ? by : null;
}

function changedFields(before: Fields, after: Fields): string[] {
  const shown = Object.keys(before).filter((field) => !UNTOLD.has(field));
  // Null and a field that is not there are the same, as they are to the parsers.
  const fields = shown.filter((field) => !isSame(before[field] ?? null, after[field] ?? null));
  return [...new Set(fields.map((field) => (field === 'lon' || field === 'lat' ? 'position' : field)))];
}

/** The news by account, for marks in lists and on accounts. */
export function newsState(store: Store): Readable<Map<string, News> | undefined> {
  return live(store, ['news'], async () => new Map((await store.db.getAll('news')).map((item) => [item.account_id, item])));
}

/** The person has looked at the account: its mark goes. Returns what was new. */
export async function takeNews(store: Store, account_id: string): Promise<News | null> {
  const news = await transact(store, lightly('news'), async (tx) => {
    const kept = await tx.objectStore('news').get(account_id);
    if (kept) await tx.objectStore('news').delete(account_id);
    return kept;
  });
  if (news) store.announce({ stores: ['news'], account_ids: [] });
  return news ?? null;
}
