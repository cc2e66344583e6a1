/** Opening the phone's store, and hearing of its changes: from this page and from other tabs. */
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import type { AccountRow } from '../accounts/rules';
import { BrokenStorage, isStorageFull, NoStorage, StorageFull } from '../core/trouble';
import { phoneLocks, type Locks } from './locks';
import { MIGRATIONS } from './migrations';
import { openDatabase } from './open';
import type { Schema, StoreName } from './schema';

export interface Change {
  stores: StoreName[];
  /** Accounts whose rows changed; null means "many: read all again". */
  account_ids: string[] | null;
}

/** All rows of lists and map as a transaction has just stored them: who wrote them need not read them again. */
export type StoredRows = ReadonlyMap<string, AccountRow>;

export interface Store {
  name: string;
  db: IDBPDatabase<Schema>;
  /** Tell every reader, here and in other tabs, what a finished transaction changed. */
  announce(change: Change, rows?: StoredRows): void;
  onChange(listener: (change: Change, rows?: StoredRows) => void): () => void;
  /** Run work that only one page or worker of this phone may do at a time. */
  exclusively<T>(name: 'push' | 'pull' | 'carry', work: () => Promise<T>): Promise<T>;
  /** Closed here, or taken by another tab: nothing can be read any more. */
  is_closed(): boolean;
  close(): void;
}

export type WriteTransaction = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

/** Forbidden outright, out of room, or something is wrong with what is there. */
function troubleOf(error: unknown): Error {
  if (isStorageFull(error)) return new StorageFull();
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : '';
  return name === 'SecurityError' || name === 'InvalidStateError' ? new NoStorage(String(error)) : new BrokenStorage(String(error));
}

/** The browser's own databases; some have none in private browsing, or where a setting forbids them. */
export function phoneFactory(): IDBFactory {
  try {
    if (typeof indexedDB !== 'undefined') return indexedDB;
  } catch {
    // Asking alone is forbidden in some of them.
  }
  throw new NoStorage('there is no IndexedDB');
}

export interface OpenOptions {
  /** Where the databases are; several phones in one process have one each. */
  factory?: IDBFactory;
  locks?: Locks;
  /** Told when another tab needs the database for itself: it runs a newer build, or the user has left. Nothing can be saved here any more. */
  onsuperseded?: () => void;
}

/** Open (and migrate) the store of that name. Throws NoStorage where the browser keeps nothing, StorageFull, or BrokenStorage. */
export async function openStore(name: string, { factory = phoneFactory(), locks = phoneLocks, onsuperseded }: OpenOptions = {}): Promise<Store> {
  const db = await openDatabase(factory, name, MIGRATIONS).catch((error: unknown) => {
    throw troubleOf(error);
  });
  let isClosed = false;
  db.addEventListener('versionchange', () => {
    isClosed = true;
    db.close();
    onsuperseded?.();
  });
  const listeners = new Set<(change: Change, rows?: StoredRows) => void>();
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`store:${name}`);
  const hear = (change: Change, rows?: StoredRows) => {
    for (const listener of [...listeners]) listener(change, rows);
  };
  if (channel) channel.onmessage = (event: MessageEvent<Change>) => hear(event.data);
  return {
    name,
    db,
    announce(change, rows) {
      hear(change, rows);
      channel?.postMessage(change);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exclusively: (what, work) => locks(`${what}:${name}`, work),
    is_closed: () => isClosed,
    close() {
      isClosed = true;
      channel?.close();
      listeners.clear();
      db.close();
    },
  };
}
