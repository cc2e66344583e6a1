/**
 * What a user leaves unsent on a phone when they sign out, or somebody else signs in: encrypted with a key that only the server gives
 * them again, and then their database is deleted. Opened after their next sign-in.
 */
import type { DBSchema, IDBPDatabase } from 'idb';
import { deleteDatabase, openDatabase, type Upgrade } from '../store/open';
import { openStore, phoneFactory, type OpenOptions, type Store } from '../store/store';
import { fromBase64, fromText, gather, isNothing, putBack, toText } from './unsent';

interface Sealed {
  user_id: string;
  /** The same phone stays the same device. */
  device_id: string | null;
  sealed_at: string;
  /** How many operations are in it. */
  count: number;
  iv: Uint8Array<ArrayBuffer> | null;
  /** Null when nothing was left. Without `iv` it is plain: this phone had never been given a key, and losing it would be worse. */
  data: ArrayBuffer | null;
}

interface SealedSchema extends DBSchema {
  sealed: { key: string; value: Sealed };
}

const NAME = 'fieldcrm-sealed';
const MIGRATIONS: Upgrade<SealedSchema>[] = [(db) => void db.createObjectStore('sealed', { keyPath: 'user_id' })];
const STORE = /^fieldcrm-([0-9a-f]{8}-[0-9a-f-]{27})$/;
const AES = 'AES-GCM';

export const storeName = (user_id: string): string => `fieldcrm-${user_id}`;

/** Keep the user's key while they are signed in: usable here, readable by nobody. */
export async function keepKey(store: Store, seal_key: string): Promise<void> {
  await store.db.put('meta', await keyFrom(seal_key), 'seal_key');
}

const keyFrom = (seal_key: string): Promise<CryptoKey> => crypto.subtle.importKey('raw', fromBase64(seal_key), AES, false, ['encrypt', 'decrypt']);

/** Seal what is unsent and delete the user's database. Killed half-way, it is done again from the beginning. */
export async function sealAway(store: Store, user_id: string, { factory = phoneFactory() }: OpenOptions = {}): Promise<void> {
  const unsent = await gather(store, user_id, new Date());
  const key: unknown = await store.db.get('meta', 'seal_key');
  const plain = new TextEncoder().encode(toText(unsent));
  const iv = isKey(key) ? crypto.getRandomValues(new Uint8Array(12)) : null;
  const data = isNothing(unsent) ? null : iv && isKey(key) ? await crypto.subtle.encrypt({ name: AES, iv, additionalData: bound(user_id) }, key, plain) : plain.buffer;
  await inSealed(factory, async (db) => {
    const { device_id, made_at, operations } = unsent;
    const tx = db.transaction('sealed', 'readwrite', { durability: 'strict' });
    await Promise.all([tx.store.put({ user_id, device_id, sealed_at: made_at, count: operations.length, iv, data }), tx.done]);
  });
  store.close();
  await deleteDatabase(factory, store.name);
}

const isKey = (value: unknown): value is CryptoKey => Object.prototype.toString.call(value) === '[object CryptoKey]';

/** What is sealed is bound to its user: it cannot be laid under another one's name. */
const bound = (user_id: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(user_id);

/** Seal what other users have left on this phone. */
export async function sealOthers(user_id: string, options: OpenOptions = {}): Promise<void> {
  const { factory = phoneFactory() } = options;
  // Browsers that cannot list their databases are rare by now; there the next sign-in of that user clears theirs.
  const databases = typeof factory.databases === 'function' ? await factory.databases() : [];
  for (const { name } of databases) {
    const other = STORE.exec(name ?? '')?.[1];
    if (!other || other === user_id) continue;
    await sealAway(await openStore(storeName(other), options), other, options);
  }
}

/** The id under which the server knows this user's phone since before they last signed out. */
export async function formerDevice(user_id: string, { factory = phoneFactory() }: OpenOptions = {}): Promise<string | null> {
  const kept = await inSealed(factory, (db) => db.get('sealed', user_id));
  return kept?.device_id ?? null;
}

export type Opened = { kind: 'nothing' } | { kind: 'opened'; count: number } | { kind: 'unreadable' };

/** Open what the user left, with the key the server gives them. What cannot be opened stays as it is. */
export async function openSealed(store: Store, user_id: string, options: OpenOptions & { seal_key: string }): Promise<Opened> {
  const { factory = phoneFactory(), seal_key } = options;
  const kept = await inSealed(factory, (db) => db.get('sealed', user_id));
  if (!kept?.data) return { kind: 'nothing' };
  let plain: ArrayBuffer;
  try {
    plain = kept.iv ? await crypto.subtle.decrypt({ name: AES, iv: kept.iv, additionalData: bound(user_id) }, await keyFrom(seal_key), kept.data) : kept.data;
  } catch {
    return { kind: 'unreadable' };
  }
  const count = await putBack(store, fromText(new TextDecoder().decode(plain)));
  // Only now that it stands in the outbox again.
  await inSealed(factory, (db) => db.put('sealed', { ...kept, count: 0, iv: null, data: null }));
  return { kind: 'opened', count };
}

/** Destroy what a user has left here, key or no key. */
export async function forgetSealed(user_id: string, { factory = phoneFactory() }: OpenOptions = {}): Promise<void> {
  await inSealed(factory, (db) => db.delete('sealed', user_id));
}

async function inSealed<T>(factory: IDBFactory, work: (db: IDBPDatabase<SealedSchema>) => Promise<T>): Promise<T> {
  const db = await openDatabase(factory, NAME, MIGRATIONS);
  try {
    return await work(db);
  } finally {
    db.close();
  }
}
