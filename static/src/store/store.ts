/** Opening the phone's store, and hearing of its changes: from this page and from other tabs. */
import { wrap, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { phoneLocks, type Locks } from './locks';
import { MIGRATIONS } from './migrations';
import type { Schema, StoreName } from './schema';

export interface Change {
  stores: StoreName[];
  /** Accounts whose rows changed; null means "many: read all again". */
  account_ids: string[] | null;
}

export interface Store {
  name: string;
  db: IDBPDatabase<Schema>;
  /** Tell every reader, here and in other tabs, what a finished transaction changed. */
  announce(change: Change): void;
  onChange(listener: (change: Change) => void): () => void;
  /** Run work that only one page or worker of this phone may do at a time. */
  exclusively<T>(name: 'push' | 'pull' | 'carry', work: () => Promise<T>): Promise<T>;
  close(): void;
}

export type WriteTransaction = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

export interface OpenOptions {
  /** Where the databases are; several phones in one process have one each. */
  factory?: IDBFactory;
  locks?: Locks;
}

/** Open (and migrate) the store of that name. */
export async function openStore(name: string, { factory = indexedDB, locks = phoneLocks }: OpenOptions = {}): Promise<Store> {
  const db = await openDatabase(factory, name);
  // Another tab runs a newer build: let it migrate; this page reads the store again after its reload.
  db.addEventListener('versionchange', () => db.close());
  const listeners = new Set<(change: Change) => void>();
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`store:${name}`);
  const hear = (change: Change) => {
    for (const listener of [...listeners]) listener(change);
  };
  if (channel) channel.onmessage = (event: MessageEvent<Change>) => hear(event.data);
  return {
    name,
    db,
    announce(change) {
      hear(change);
      channel?.postMessage(change);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exclusively: (what, work) => locks(`${what}:${name}`, work),
    close() {
      channel?.close();
      listeners.clear();
      db.close();
    },
  };
}

function openDatabase(factory: IDBFactory, name: string): Promise<IDBPDatabase<Schema>> {
  const request = factory.open(name, MIGRATIONS.length);
  const opening = wrap(request) as unknown as Promise<IDBPDatabase<Schema>>;
  request.addEventListener('upgradeneeded', ({ oldVersion }) => {
    const database = wrap(request.result) as unknown as IDBPDatabase<Schema>;
    const transaction = wrap(request.transaction as IDBTransaction) as unknown as IDBPTransaction<Schema, StoreName[], 'versionchange'>;
    for (const migrate of MIGRATIONS.slice(oldVersion)) migrate(database, transaction);
  });
  return opening;
}
