/** One round of sync: send what waits, then fetch what is new - or go on loading everything. */
import { ownConnection, type Connection } from '../core/http';
import { packIfNeeded } from '../store/pack';
import type { Store } from '../store/store';
import { lightly, transact } from '../store/transact';
import type { Courier } from './courier';
import { pull, pullAccount } from './pull';
import { push, type PushEnd } from './push';
import { loadPage, snapshotPlace } from './snapshot';
import type { SyncState } from './state';

/** What a round tells while it goes. */
export type RoundReport = Pick<SyncState, 'sending' | 'all_sent_at' | 'received' | 'fresh_at' | 'loading'>;

export interface RoundOptions {
  store: Store;
  courier: Courier;
  via?: Connection;
  user_id?: string;
  /** Brings the bytes of attachments, when their operations are there. Resolves to whether it brought any to their end. */
  carry?: (store: Store, via: Connection) => Promise<boolean>;
  report?: (news: Partial<RoundReport>) => void;
}

export interface RoundEnd {
  end: PushEnd;
  detail: string;
}

/** Send, fetch, then bring the bytes. Throws Problem, Unreachable or what a full phone throws; whatever was stored before that stays. */
export async function sendAndReceive(options: RoundOptions): Promise<RoundEnd> {
  const { store, carry, via = ownConnection } = options;
  const sent = await sendWaiting(options);
  if (sent.end !== 'done') return sent;
  await store.exclusively('pull', () => receive(options));
  if (carry && (await store.exclusively('carry', () => carry(store, via)))) await noteAllSent(options);
  return sent;
}

/** Send what waits; the bytes of attachments follow later. */
export async function sendWaiting(options: RoundOptions): Promise<RoundEnd> {
  const { store, courier, via = ownConnection, report } = options;
  const result = await push(store, courier, { now: via.now, onprogress: (done, total) => report?.({ sending: { done, total } }) });
  report?.({ sending: null });
  for (const id of result.restored) await pullAccount(store, id, { via });
  if (result.acknowledged > 0) await noteAllSent(options);
  return { end: result.end, detail: result.detail };
}

/** Note when nothing is left that only this phone has. */
async function noteAllSent({ store, via = ownConnection, report }: RoundOptions): Promise<void> {
  const all_sent_at = new Date(via.now()).toISOString();
  const isAll = await transact(store, lightly('outbox', 'blobs', 'attachments', 'meta'), async (tx) => {
    const blobs = tx.objectStore('blobs');
    const [waiting, kept, stored] = await Promise.all([tx.objectStore('outbox').count(), blobs.getAllKeys(), blobs.index('by_stored').getAllKeys()]);
    if (waiting > 0) return false;
    const isStored = new Set(stored);
    for (const id of kept) {
      // Without a row it belongs to a visit that is still being written.
      if (!isStored.has(id) && (await tx.objectStore('attachments').getKey(id)) !== undefined) return false;
    }
    await tx.objectStore('meta').put(all_sent_at, 'all_sent_at');
    return true;
  });
  if (isAll) report?.({ all_sent_at });
}

async function receive({ store, via = ownConnection, user_id = '', report }: RoundOptions): Promise<void> {
  let before = 0;
  const pullNew = () => pull(store, { via, user_id, onprogress: (rows) => report?.({ received: before + rows }) });
  for (;;) {
    const place = await snapshotPlace(store);
    report?.({ loading: place?.part ?? null });
    if (place) {
      let onPage = 0;
      await loadPage(store, place, { via, onprogress: (rows) => report?.({ received: before + (onPage = rows) }) });
      before += onPage;
    }
    // Between two pages as well: others go on working while a large customer base comes in.
    const isCurrent = (await pullNew()) !== null;
    if (isCurrent && place?.part !== 'rows') await noteFresh(store, via, report);
    if (isCurrent && !place) break;
  }
  await packIfNeeded(store);
}

async function noteFresh(store: Store, via: Connection, report: RoundOptions['report']): Promise<void> {
  const fresh_at = new Date(via.now()).toISOString();
  await transact(store, lightly('meta'), (tx) => tx.objectStore('meta').put(fresh_at, 'fresh_at'));
  report?.({ fresh_at });
}
