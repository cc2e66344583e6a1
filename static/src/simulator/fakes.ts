/** The store in memory: fake-indexeddb's classes. They behave as the browser's do, and can be taken apart. */
export { IDBDatabase as FakeDatabase, IDBFactory as FakeFactory, IDBIndex as FakeIndex, IDBObjectStore as FakeObjectStore } from 'fake-indexeddb';

interface InMemory {
  _databases: Map<string, { rawObjectStores: Map<string, { records: { values(): Iterable<{ value: unknown }> } }> }>;
}

/** All records of a table, read behind the back of everybody who has it open. */
export function recordsIn(factory: IDBFactory, database: string, table: string): unknown[] {
  const found = (factory as unknown as InMemory)._databases.get(database)?.rawObjectStores.get(table);
  return found ? [...found.records.values()].map((record) => record.value) : [];
}
