import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deleteContact, saveContact } from '../accounts/actions';
import { putAccount, writeAgainable } from '../store/rows';
import { openStore, type Store } from '../store/store';
import { startServer, type TestServer } from '../testing/server';
import { answerPush, changes, courierTo, lineTo, refusal } from '../testing/sync';
import { account, ANOTHER, author, keep, keptBlob, ME, openPhone } from '../testing/world';
import { amendVisit, createTask, logVisit, setTaskDone } from '../visits/actions';
import { carry } from '../visits/attachments/carry';
import { newDraft } from '../visits/draft';
import { parseActivity, parseAttachment, parseTask } from '../visits/wire';
import { removeGone, type Gone } from './gone';
import { beginLaying, mergeRow } from './merge';
import { pull, pullAccount } from './pull';
import { push } from './push';
import { readmit } from './quarantine';
import { storeName } from './sealed';
import { settleConflict } from './settling';
import { exportUnsent, importUnsent } from './transfer';
import { parseConflict } from './wire';

const HANGING = ['contacts', 'activities', 'tasks', 'attachments', 'conflicts', 'bases'] as const;
const OTHERS = { status: 'merged', row: null, notes: [{ code: 'no_longer_yours', message: '' }] };
const hospital = account({ id: 'a', change_seq: 5 });
const visited = parseActivity({ id: 'visit', account_id: 'a', user_id: ME, channel: 'visit', note: '面談', occurred_at: '2026-11-20T01:00:00Z', version: 3, change_seq: 7 }, 'activity');
const toDo = parseTask({ id: 'task', account_id: 'a', owner_id: ME, title: '見積もり', version: 2, change_seq: 7 }, 'task');
const card = { id: 'f', account_id: 'a', kind: 'photo', name: '名刺', media_type: 'image/jpeg', size_bytes: 3, sha256: '0', version: 1, change_seq: 8 };
const two = parseConflict({ id: 'two', entity: 'account', entity_id: 'a', account_id: 'a', field: 'notes', current_value: '一', other_value: '二', version: 1, change_seq: 7 }, 'conflict');

let server: TestServer;
let store: Store;

beforeEach(async () => {
  server = await startServer();
  store = await openPhone();
  await keep(store, hospital);
  await store.db.put('meta', 10, 'cursor');
});
afterEach(async () => {
  await server.close();
  store.close();
});

const leaves = (gone: Partial<Gone> = {}) => writeAgainable(store, [], (tx) => removeGone(tx, { type: 'account', id: 'a', reason: 'deleted', merged_into: null, ...gone }));
const laid = (name: Parameters<typeof mergeRow>[1], row: unknown) => writeAgainable(store, [], async (tx) => void (await mergeRow(tx, name, row, await beginLaying(tx))));
const answers = (...rows: [store: string, value: unknown][]) => {
  server.answer = (request) => answerPush(request, () => ({ status: 'duplicate', rows: rows.map(([name, value]) => ({ store: name, value })) }));
};
const send = (from = store) => push(from, courierTo(server));
const hanging = async (on = store) => (await Promise.all(HANGING.map(async (name) => (await on.db.getAllKeys(name)).map((key) => `${name} ${key}`)))).flat();

async function visit(on = store): Promise<void> {
  const { input } = newDraft(hospital, { outcome: 1, now: new Date('2026-11-22T05:50:00Z') });
  await logVisit(on, { ...input, id: 'visit' }, { by: author(), draft_key: null });
}

describe('of an account that has left this phone, there stays nothing', () => {
  test('of what a file brought here from the person’s other phone, once it was taken in for somebody else', async () => {
    const other = await openStore(storeName(ME), { factory: new IDBFactory() });
    await keep(other, hospital);
    await visit(other);
    await createTask(other, { account_id: 'a', title: '見積もり', due_on: null }, author());
    await saveContact(other, { id: null, account_id: 'a', input: { name: '担当' } }, author());
    await leaves();
    await importUnsent(store, await exportUnsent(other, ME), ME);
    expect(await hanging()).toHaveLength(3);
    server.answer = (request) => answerPush(request, () => OTHERS);
    await send();
    expect([await store.db.count('outbox'), await hanging()]).toEqual([0, []]);
    other.close();
  });

  test('of an answer given again, which shows the account as deleted', async () => {
    await visit();
    await leaves();
    answers(['accounts', { ...hospital, version: 2, deleted_at: '2026-11-22T06:00:00Z', change_seq: 9 }], ['activities', { ...visited, change_seq: 12 }]);
    await send();
    expect([await store.db.count('accounts'), await hanging()]).toEqual([0, []]);
  });

  test('of a late answer, given while the account was still there', async () => {
    await visit();
    await leaves();
    answers(['accounts', { ...hospital, version: 2, change_seq: 8 }], ['activities', { ...visited, change_seq: 8 }]);
    await send();
    expect([await store.db.count('accounts'), await hanging()]).toEqual([0, []]);
  });

  test('however long ago that was', async () => {
    await visit();
    await leaves();
    await store.db.clear('account_rows');
    answers(['activities', { ...visited, change_seq: 12 }]);
    await send();
    expect(await hanging()).toEqual([]);
  });

  test('of what the person did to it in that very moment', async () => {
    await leaves();
    await amendVisit(store, visited, { changes: { note: '訂正' }, by: author() });
    await setTaskDone(store, toDo, { is_done: true, by: author() });
    await settleConflict(store, two, { choice: 'other', by: author() });
    expect((await store.db.getAll('outbox')).map((operation) => operation.base_version)).toEqual([3, 2, 1]);
    expect(await hanging()).toHaveLength(3);
    server.answer = (request) => answerPush(request, () => OTHERS);
    await send();
    expect([await store.db.count('outbox'), await hanging()]).toEqual([0, []]);
  });

  test('of somebody whom the person had taken out there before, when that is refused', async () => {
    await laid('contacts', { id: 'c', account_id: 'a', name: '担当', version: 1, change_seq: 6 });
    const contact = await store.db.get('contacts', 'c');
    if (!contact) throw new Error('The contact is gone.');
    await deleteContact(store, contact, author());
    await leaves();
    server.answer = (request) => answerPush(request, () => refusal(409));
    await send();
    expect(await hanging()).toEqual([]);
  });

  test('of rows that only a later build could read', async () => {
    await store.db.add('quarantine', { store: 'activities', at: '2026-11-22T05:50:00Z', reason: '', value: visited });
    await store.db.add('quarantine', { store: 'outbox', at: '2026-11-22T05:50:00Z', reason: '', value: { account_id: 'a' } });
    await leaves();
    await readmit(store);
    expect(await hanging()).toEqual([]);
    expect(await store.db.getAll('quarantine')).toMatchObject([{ store: 'outbox' }]);
  });

  test('of what was asked for one by one while the feed told of its leaving', async () => {
    let asked = 0;
    server.answer = async ({ path }) => {
      if (path.startsWith('/api/sync/pull')) return changes({ cursor: 11, gone: [{ type: 'account', id: 'a', reason: 'deleted' }] });
      if (path.startsWith('/api/contacts')) return { body: { items: [] } };
      if (path.includes('/activities')) {
        await pull(store, { via: lineTo(server) });
        return { body: { items: [visited] } };
      }
      asked += 1;
      return asked === 1 ? { body: hospital } : { status: 404, body: { title: 'gone', code: 'not_found' } };
    };
    await expect(pullAccount(store, 'a', { via: lineTo(server) })).rejects.toMatchObject({ status: 404 });
    expect([await store.db.count('accounts'), await hanging()]).toEqual([0, []]);
  });

  test('of a file, once its bytes are brought, though the account is still here as a deleted one', async () => {
    await writeAgainable(store, [], (tx) => putAccount(tx, { ...hospital, deleted_at: '2026-11-22T06:00:00Z' }));
    await store.db.put('attachments', parseAttachment(card, 'attachment'));
    await store.db.put('blobs', keptBlob('f'));
    server.answer = () => ({ body: { received_bytes: 3, stored_at: '2026-11-22T06:10:00Z' } });
    expect(await carry(store, lineTo(server))).toBe(true);
    expect([await store.db.count('blobs'), await hanging()]).toEqual([0, []]);
  });
});

test('what somebody else has deleted does not come back with a file that was read in', async () => {
  const other = await openStore(storeName(ME), { factory: new IDBFactory() });
  await keep(other, hospital);
  await visit(other);
  await leaves({ type: 'activity', id: 'visit' });
  await importUnsent(store, await exportUnsent(other, ME), ME);
  answers();
  await send();
  expect(await hanging()).toEqual([]);
  other.close();
});

describe('an answer', () => {
  test('brings what the feed has not come to yet', async () => {
    await visit();
    answers(['activities', { ...visited, change_seq: 12 }], ['tasks', { ...toDo, change_seq: 12 }]);
    await send();
    expect(await store.db.get('activities', 'visit')).toMatchObject({ version: 3 });
    expect(await hanging()).toEqual(['activities visit', 'tasks task']);
  });

  test('that comes late leaves a row as it is that the feed has meanwhile stamped anew', async () => {
    await visit();
    await laid('activities', { ...visited, change_seq: 12 });
    answers(['activities', visited]);
    await send();
    expect(await store.db.get('activities', 'visit')).toMatchObject({ version: 3, change_seq: 12 });
  });

  test('freshens what is here of an account that this phone never held', async () => {
    const elsewhere = { ...toDo, account_id: 'far', owner_id: ANOTHER };
    await laid('tasks', elsewhere);
    await setTaskDone(store, elsewhere, { is_done: true, by: author() });
    answers(['tasks', { ...elsewhere, version: 3, done_at: '2026-11-22T05:50:00Z', change_seq: 12 }]);
    await send();
    expect(await store.db.getAll('tasks')).toMatchObject([{ version: 3 }]);
  });

  test('lets a file stay whose bytes are still to be brought', async () => {
    await store.db.put('blobs', keptBlob('f'));
    await visit();
    await leaves();
    answers(['attachments', card]);
    await send();
    expect(await hanging()).toEqual(['attachments f']);
  });

  test('that says nothing of a thing leaves it while more about it is unsent', async () => {
    const { id } = await saveContact(store, { id: null, account_id: 'a', input: { name: '担当' } }, author());
    await saveContact(store, { id, account_id: 'a', input: { title: '部長' } }, author());
    server.answer = (request) => answerPush(request, ({ type }) => (type === 'contact.create' ? { status: 'duplicate' } : refusal(422)));
    await send();
    expect(await store.db.getAll('contacts')).toMatchObject([{ name: '担当', title: '部長' }]);
  });
});
