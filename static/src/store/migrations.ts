/** The store's numbered migrations. Never change one that has been released: add the next. */
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import type { Schema, StoreName } from './schema';

type Upgrade = (db: IDBPDatabase<Schema>, transaction: IDBPTransaction<Schema, StoreName[], 'versionchange'>) => void;

export const MIGRATIONS: Upgrade[] = [
  // 1: accounts, contacts, activities, tasks, the outbox with its receipts, drafts, today's stops.
  (db) => {
    db.createObjectStore('meta');
    db.createObjectStore('accounts', { keyPath: 'id' });
    db.createObjectStore('account_rows', { keyPath: 'id' });
    db.createObjectStore('contacts', { keyPath: 'id' }).createIndex('by_account', 'account_id');
    const activities = db.createObjectStore('activities', { keyPath: 'id' });
    activities.createIndex('by_account', ['account_id', 'occurred_at']);
    activities.createIndex('by_time', 'occurred_at');
    db.createObjectStore('tasks', { keyPath: 'id' }).createIndex('by_account', 'account_id');
    db.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true }).createIndex('by_op', 'op_id', { unique: true });
    db.createObjectStore('receipts', { keyPath: 'op_id' }).createIndex('by_time', 'sent_at');
    db.createObjectStore('drafts', { keyPath: 'key' });
    db.createObjectStore('stops', { keyPath: 'account_id' });
  },
];
