/** Everything that only this phone has, taken together: to be sealed at sign-out, or carried to another device; and put back. */
import { parseAccount } from '../accounts/wire';
import { anything, listOf, mapOf, nullable, object, optional, text, type Parsed } from '../core/parse';
import { putAccount, write } from '../store/rows';
import type { Store, WriteTransaction } from '../store/store';
import { beginLaying, layAgain, putPlain } from './merge';
import { parseOperation, type Operation } from './operations';

const ROW_STORES = ['accounts', 'contacts', 'activities', 'tasks', 'appointments', 'attachments'] as const;

const parseKeyed = object({ key: text, kind: text, updated_at: text, value: anything });
const parseUnsent = object({
  format: text,
  user_id: text,
  device_id: nullable(text),
  made_at: text,
  operations: listOf(anything),
  drafts: optional(listOf(parseKeyed), []),
  blobs: optional(listOf(mapOf(anything)), []),
  quarantine: optional(listOf(object({ store: text, at: text, reason: text, value: anything })), []),
  /** Rows made here that the server has never seen. */
  rows: optional(mapOf(listOf(anything)), {}),
});

export type Unsent = Parsed<typeof parseUnsent>;

const FORMAT = 'fieldcrm-unsent-1';

export class NotOurs extends Error {
  override name = 'NotOurs';
}

/** All of it as of one moment. */
export async function gather(store: Store, user_id: string, made_at: Date): Promise<Unsent> {
  const tx = store.db.transaction(['meta', 'outbox', 'drafts', 'blobs', 'quarantine', ...ROW_STORES]);
  const blobs = tx.objectStore('blobs');
  const [device_id, operations, drafts, quarantine, all, stored] = await Promise.all([
    tx.objectStore('meta').get('device_id'),
    tx.objectStore('outbox').getAll(),
    tx.objectStore('drafts').getAll(),
    tx.objectStore('quarantine').getAll(),
    blobs.getAllKeys(),
    blobs.index('by_stored').getAllKeys(),
  ]);
  const unsent = all.filter((id) => !stored.includes(id));
  const rows: Record<string, unknown[]> = {};
  const made = new Set([...operations.flatMap((item) => [item.entity_id, ...(item.temporary ?? []).map((row) => row.id)]), ...unsent]);
  for (const name of ROW_STORES) {
    const found = await Promise.all([...made].map((id) => tx.objectStore(name).get(id)));
    rows[name] = found.filter((row) => row?.version === 0);
  }
  return {
    format: FORMAT,
    user_id,
    device_id: typeof device_id === 'string' ? device_id : null,
    made_at: made_at.toISOString(),
    operations,
    drafts,
    blobs: (await Promise.all(unsent.map((id) => blobs.get(id)))).map((blob) => ({ ...blob })),
    quarantine,
    rows,
  };
}

export const isNothing = ({ operations, drafts, blobs, quarantine }: Unsent): boolean => operations.length + drafts.length + blobs.length + quarantine.length === 0;

/** Put it back, in its order, behind what waits here. What this phone has or has sent already is passed over. Returns how many operations were new. */
export async function putBack(store: Store, unsent: Unsent): Promise<number> {
  return write(store, null, async (tx) => {
    for (const blob of unsent.blobs) await putBlob(tx, blob);
    for (const draft of unsent.drafts) {
      const present = await tx.objectStore('drafts').get(draft.key);
      if (!present || present.updated_at < draft.updated_at) await tx.objectStore('drafts').put(draft);
    }
    const added = await putOperations(tx, unsent.operations);
    await putRows(tx, unsent.rows, added);
    await putAside(tx, unsent.quarantine);
    const laying = await beginLaying(tx);
    for (const operation of added) for (const patch of operation.patches) await layAgain(tx, patch.store, patch.id, laying);
    return added.length;
  });
}

/** What is aside here already stays once. The parser has left out the number it had where the file was made. */
async function putAside(tx: WriteTransaction, items: Unsent['quarantine']): Promise<void> {
  const quarantine = tx.objectStore('quarantine');
  const here = new Set((await quarantine.getAll()).map(({ store, value }) => JSON.stringify([store, value])));
  for (const item of items) if (!here.has(JSON.stringify([item.store, item.value]))) await quarantine.add(item);
}

async function putOperations(tx: WriteTransaction, operations: unknown[]): Promise<Operation[]> {
  const added: Operation[] = [];
  for (const raw of operations) {
    const operation = readOperation(raw);
    if (!operation) {
      await tx.objectStore('quarantine').add({ store: 'outbox', at: new Date().toISOString(), reason: 'unreadable', value: raw });
      continue;
    }
    const isHere = await tx.objectStore('outbox').index('by_op').getKey(operation.op_id);
    const isSent = await tx.objectStore('receipts').getKey(operation.op_id);
    if (isHere !== undefined || isSent !== undefined) continue;
    const { seq: _its, ...rest } = operation;
    await tx.objectStore('outbox').add(rest);
    added.push(operation);
  }
  return added;
}

function readOperation(raw: unknown): Operation | null {
  try {
    return parseOperation(raw, 'operation');
  } catch {
    return null;
  }
}

/** Rows that operations made here. Of one that was passed over the server has its own by now, or it was deleted since. */
async function putRows(tx: WriteTransaction, rows: Unsent['rows'], added: Operation[]): Promise<void> {
  const made = new Set(added.flatMap((operation) => [operation.entity_id, ...operation.temporary.map((row) => row.id)]));
  for (const name of ROW_STORES) {
    for (const row of rows[name] ?? []) {
      const { id } = parseIdentity(row, name);
      if (!made.has(id) || (await tx.objectStore(name).getKey(id)) !== undefined) continue;
      if (name === 'accounts') await putAccount(tx, parseAccount(row, name));
      else await putPlain(tx, name, row);
    }
  }
}

const parseIdentity = object({ id: text });

async function putBlob(tx: WriteTransaction, raw: Record<string, unknown>): Promise<void> {
  const { id } = parseIdentity(raw, 'blobs');
  const blob = raw['blob'];
  if (!isBytes(blob) || (await tx.objectStore('blobs').getKey(id)) !== undefined) return;
  await tx.objectStore('blobs').put({ ...raw, id, blob, sent_bytes: 0, stored_at: null });
}

/** As text; bytes as base64. */
export function toText(unsent: Unsent): string {
  return JSON.stringify(unsent, (_key, value: unknown) => (isBytes(value) ? { $bytes: toBase64(value) } : value));
}

/** The opposite. Throws NotOurs for a file of another kind. */
export function fromText(source: string): Unsent {
  let value: unknown;
  try {
    value = JSON.parse(source, (_key, part: unknown) => (isEncoded(part) ? fromBase64(part.$bytes) : part));
    const unsent = parseUnsent(value, '');
    if (unsent.format === FORMAT) return unsent;
  } catch {
    // Told below.
  }
  throw new NotOurs('not a file of unsent changes');
}

// By its name: the bytes may come from another realm.
const isBytes = (value: unknown): value is ArrayBuffer => Object.prototype.toString.call(value) === '[object ArrayBuffer]';
const isEncoded = (value: unknown): value is { $bytes: string } => typeof value === 'object' && value !== null && '$bytes' in value && typeof value.$bytes === 'string';

const PORTION = 0x8000;

export function toBase64(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  let binary = '';
  for (let from = 0; from < bytes.length; from += PORTION) binary += String.fromCharCode(...bytes.subarray(from, from + PORTION));
  return btoa(binary);
}

export function fromBase64(encoded: string): ArrayBuffer {
  return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)).buffer;
}
