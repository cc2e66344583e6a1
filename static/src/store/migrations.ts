/** The store's numbered migrations. Never change one that has been released: add the next. */
import type { Upgrade } from './open';
import type { Schema } from './schema';

export const MIGRATIONS: Upgrade<Schema>[] = [
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
  // 2: rows packed by the thousand; attachments with their bytes, conflicts, news of others, what could not be read.
  (db, transaction) => {
    db.createObjectStore('account_packs');
    const attachments = db.createObjectStore('attachments', { keyPath: 'id' });
    attachments.createIndex('by_account', 'account_id');
    attachments.createIndex('by_activity', 'activity_id');
    db.createObjectStore('blobs', { keyPath: 'id' }).createIndex('by_stored', 'stored_at');
    db.createObjectStore('bases', { keyPath: 'key' });
    db.createObjectStore('conflicts', { keyPath: 'id' }).createIndex('by_account', 'account_id');
    db.createObjectStore('quarantine', { keyPath: 'id', autoIncrement: true });
    db.createObjectStore('news', { keyPath: 'account_id' });
    void addFields(transaction, 'receipts', { status: 'applied', notes: [], conflict_ids: [] });
    void addFields(transaction, 'outbox', { survivor_id: null });
  },
  // 3: the person's own appointments.
  (db) => {
    const appointments = db.createObjectStore('appointments', { keyPath: 'id' });
    appointments.createIndex('by_account', 'account_id');
    appointments.createIndex('by_start', 'time.starts_at');
  },
];

/** Give the records that an older build wrote the fields they do not have. */
async function addFields(transaction: Parameters<Upgrade<Schema>>[1], store: 'receipts' | 'outbox', fields: object): Promise<void> {
  let cursor = await transaction.objectStore(store).openCursor();
  while (cursor) {
    await cursor.update({ ...fields, ...cursor.value });
    cursor = await cursor.continue();
  }
}
