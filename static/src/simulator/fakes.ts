/** The store in memory: fake-indexeddb's classes. They behave as the browser's do, and can be taken apart. */
export { IDBDatabase as FakeDatabase, IDBFactory as FakeFactory, IDBIndex as FakeIndex, IDBObjectStore as FakeObjectStore } from 'fake-indexeddb';
