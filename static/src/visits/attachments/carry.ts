/**
 * Bringing the bytes of attachments to the server, part by part, once it knows of them. They leave the phone's queue
 * only when the server says that it has stored the whole; afterwards they stay here while there is room.
 */
import { send, type Connection } from '../../core/http';
import { nullable, number, object, text } from '../../core/parse';
import { Problem } from '../../core/problem';
import type { KeptBlob } from '../../store/schema';
import type { Store } from '../../store/store';
import { transact } from '../../store/transact';
import { sha256 } from './prepared';

export const PART_BYTES = 512 * 1024;
/** A part on the slowest of lines. */
const PART_TIMEOUT_MS = 120_000;
const FIRST_PAUSE_MS = 20_000;
const LAST_PAUSE_MS = 900_000;
/** How often the server may say "go on elsewhere" for one file in one round. */
const MAX_DETOURS = 3;

const parseProgress = object({ received_bytes: number, stored_at: nullable(text) });

type Pauses = Map<string, { until: number; failures: number }>;

/** When a file that met trouble is tried next, by its id: one that cannot get through must not be tried each round. A new start of the app tries at once. */
const pausesOf = new WeakMap<Store, Pauses>();

export interface CarryOptions {
  /** How much goes at once; the server takes no more than PART_BYTES. */
  part_bytes?: number;
}

/** Bring what waits. Resolves to whether any file came to its end. Stops quietly where the line breaks: the next round goes on. */
export async function carry(store: Store, via: Connection, { part_bytes = PART_BYTES }: CarryOptions = {}): Promise<boolean> {
  const pauses: Pauses = pausesOf.get(store) ?? new Map();
  pausesOf.set(store, pauses);
  let isAny = false;
  for (const id of await waiting(store)) {
    if ((pauses.get(id)?.until ?? 0) > via.now()) continue;
    try {
      const isWhole = await bring(store, id, { via, part_bytes });
      pauses.delete(id);
      isAny = isAny || isWhole;
    } catch (error) {
      if (error instanceof Problem && isFinal(error)) {
        await refuse(store, id, error);
        continue;
      }
      pause(pauses, id, via.now());
      // Without a line, or signed out, no other file would fare better.
      if (!(error instanceof Problem) || error.status === 401 || error.status >= 500) break;
    }
  }
  return isAny;
}

/** Files that only this phone has and whose message the server has acknowledged, oldest first. */
export async function waiting(store: Store): Promise<string[]> {
  const tx = store.db.transaction(['blobs', 'attachments', 'outbox', 'quarantine']);
  const [all, stored, known, outbox, aside] = await Promise.all([
    tx.objectStore('blobs').getAllKeys(),
    tx.objectStore('blobs').index('by_stored').getAllKeys(),
    tx.objectStore('attachments').getAllKeys(),
    tx.objectStore('outbox').getAll(),
    tx.objectStore('quarantine').getAll(),
  ]);
  const isStored = new Set(stored);
  const isAdded = new Set(known);
  const isUnannounced = new Set<unknown>(outbox.filter((item) => item.type === 'attachment.add').map((item) => item.entity_id));
  // Its message may be one that only the next build can send.
  for (const { value } of aside) if (typeof value === 'object' && value !== null && 'entity_id' in value) isUnannounced.add(value.entity_id);
  return all.filter((id) => !isStored.has(id) && isAdded.has(id) && !isUnannounced.has(id));
}

/** How many files wait that the server has not refused. */
export async function countUnbrought(store: Store): Promise<number> {
  const refusals = await Promise.all((await waiting(store)).map(async (id) => (await store.db.get('blobs', id))?.refusal ?? null));
  return refusals.filter((refusal) => !refusal).length;
}

async function bring(store: Store, id: string, { via, part_bytes }: { via: Connection; part_bytes: number }): Promise<boolean> {
  const kept = await store.db.get('blobs', id);
  if (!kept || kept.refusal) return false;
  // A file of one part is simply sent; for a longer one the server knows best where it stands.
  let offset = kept.blob.byteLength > part_bytes ? await ask(store, kept, via) : 0;
  let detours = 0;
  while (offset !== null) {
    const part = kept.blob.slice(offset, offset + part_bytes);
    try {
      const answer = await send('PUT', `/api/attachments/${id}/bytes?offset=${offset}`, {
        bytes: part,
        headers: { 'X-Chunk-SHA256': await sha256(part) },
        timeoutMs: PART_TIMEOUT_MS,
        via,
      });
      offset = await note(store, kept, answer.body);
    } catch (error) {
      if (!isDetour(error) || ++detours > MAX_DETOURS) throw error;
      offset = await ask(store, kept, via);
    }
  }
  return true;
}

/** Ask how far the file is; null when the server has it whole. */
async function ask(store: Store, kept: KeptBlob, via: Connection): Promise<number | null> {
  return note(store, kept, (await send('GET', `/api/attachments/${kept.id}/progress`, { via })).body);
}

/** Note how far the file is. Returns where it goes on, null when the server has it whole. */
async function note(store: Store, kept: KeptBlob, body: unknown): Promise<number | null> {
  const { received_bytes, stored_at } = parseProgress(body, '');
  let account_id: string | undefined;
  // The bytes are written again only once, at the end: a part's progress is kept with the small row.
  await transact(store, { stores: ['accounts', 'attachments', 'blobs'], durability: stored_at ? 'strict' : 'relaxed' }, async (tx) => {
    const row = await tx.objectStore('attachments').get(kept.id);
    account_id = row?.account_id;
    const account = stored_at && row ? await tx.objectStore('accounts').get(row.account_id) : undefined;
    if (stored_at && row && (!account || account.deleted_at)) {
      // Its account has left this phone meanwhile; only the bytes were still to be brought.
      await tx.objectStore('attachments').delete(kept.id);
      await tx.objectStore('blobs').delete(kept.id);
      return;
    }
    if (row) await tx.objectStore('attachments').put({ ...row, received_bytes, stored_at: stored_at ?? row.stored_at });
    const present = stored_at ? await tx.objectStore('blobs').get(kept.id) : undefined;
    if (present) await tx.objectStore('blobs').put({ ...present, sent_bytes: received_bytes, stored_at });
  });
  store.announce({ stores: stored_at ? ['attachments', 'blobs'] : ['attachments'], account_ids: account_id ? [account_id] : [] });
  return stored_at ? null : received_bytes;
}

async function refuse(store: Store, id: string, error: Problem): Promise<void> {
  const { status, code, message, errors } = error;
  await transact(store, { stores: ['blobs'], durability: 'strict' }, async (tx) => {
    const kept = await tx.objectStore('blobs').get(id);
    if (kept) await tx.objectStore('blobs').put({ ...kept, refusal: { status, code, message, errors, at: new Date().toISOString() } });
  });
  store.announce({ stores: ['blobs'], account_ids: [] });
}

const isDetour = (error: unknown): boolean => error instanceof Problem && (error.code === 'wrong_offset' || error.code === 'part_damaged');

/** The server will say the same to these bytes again. */
const isFinal = (error: Problem): boolean =>
  error.status >= 400 && error.status < 500 && !error.code.startsWith('csrf') && ![401, 408, 409, 425, 429].includes(error.status) && !isDetour(error);

function pause(pauses: Pauses, id: string, now: number): void {
  const failures = (pauses.get(id)?.failures ?? 0) + 1;
  const length = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.5 + Math.random());
  // The first failure costs nothing: the line broke, and the next round is a new line.
  pauses.set(id, { failures, until: failures === 1 ? 0 : now + length });
}
