/** Opening a database of this phone, migrated to its newest shape. */
import { wrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';

export type Upgrade<S extends DBSchema> = (db: IDBPDatabase<S>, transaction: IDBPTransaction<S, StoreNames<S>[], 'versionchange'>) => void;

/** Run the migrations that the database has not seen; their number is its version. */
export async function openDatabase<S extends DBSchema>(factory: IDBFactory, name: string, migrations: Upgrade<S>[]): Promise<IDBPDatabase<S>> {
  const request = factory.open(name, migrations.length);
  // idb's wrappers know nothing of the tables; the migrations make exactly those of S.
  const opening = wrap(request) as unknown as Promise<IDBPDatabase<S>>;
  request.addEventListener('upgradeneeded', ({ oldVersion }) => {
    const database = wrap(request.result) as unknown as IDBPDatabase<S>;
    const transaction = wrap(request.transaction as IDBTransaction) as unknown as IDBPTransaction<S, StoreNames<S>[], 'versionchange'>;
    for (const migrate of migrations.slice(oldVersion)) migrate(database, transaction);
  });
  return opening;
}

/** Delete a database with all that is in it; waits for other tabs to let go of it. */
export function deleteDatabase(factory: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.deleteDatabase(name);
    request.addEventListener('success', () => resolve());
    request.addEventListener('error', () => reject(request.error ?? new Error(`${name} cannot be deleted`)));
  });
}
