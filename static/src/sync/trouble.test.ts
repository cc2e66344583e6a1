import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAccountsIndex } from '../accounts';
import { updateAccount } from '../accounts/actions';
import { NoStorage, startTroubleOf, StorageFull } from '../core/trouble';
import { packIfNeeded } from '../store/pack';
import { phoneFactory, openStore, type Store } from '../store/store';
import { startServer, type TestServer } from '../testing/server';
import { answerPush, batches, lineTo } from '../testing/sync';
import { account, author, keep, keptBlob, listed, ME, openPhone } from '../testing/world';
import { logVisit } from '../visits/actions';
import { keepDraft, newDraft, readDraft } from '../visits/draft';
import { sendInBackground } from './background';
import { readAccount } from './mend';
import { snapshotPlace } from './snapshot';

let store: Store;
let server: TestServer;
const a = account({ id: 'a', name: '青葉' });

beforeEach(async () => {
  server = await startServer();
  store = await openPhone();
  await keep(store, a);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
  store.close();
});

const full = () => new DOMException('no room', 'QuotaExceededError');

/** The disk takes so many writes to the outbox as `room` says. */
function fillDisk(room: () => boolean): void {
  const add = IDBObjectStore.prototype.add;
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: IDBObjectStore, ...given) {
    if (this.name === 'outbox' && !room()) throw full();
    return add.apply(this, given);
  });
}

describe('a full phone', () => {
  const visit = () => logVisit(store, { ...newDraft(a, { outcome: 1, now: new Date() }).input, note: '面談' }, { by: author(), draft_key: 'visit:a' });

  test('saves nothing by half, keeps the form, and says so', async () => {
    await keepDraft(store, { ...newDraft(a, { outcome: 1, now: new Date() }), is_touched: true });
    fillDisk(() => false);
    await expect(visit()).rejects.toThrow(StorageFull);
    expect([await store.db.count('activities'), await store.db.count('outbox')]).toEqual([0, 0]);
    expect((await readDraft(store, 'a'))?.is_touched).toBe(true);
    expect(await store.db.get('accounts', 'a')).toMatchObject({ last_visit_at: null });
  });

  test('gives up what the server has as well, and then saves', async () => {
    await store.db.put('receipts', { op_id: 'r', type: 'task.update', entity_id: 't', account_id: null, label: '', sent_at: '2026-11-01', status: 'applied', notes: [], conflict_ids: [] });
    await store.db.put('blobs', keptBlob('sent', { stored_at: '2026-11-01' }));
    await store.db.put('blobs', keptBlob('unsent'));
    let isRoom = false;
    const clear = IDBObjectStore.prototype.clear;
    vi.spyOn(IDBObjectStore.prototype, 'clear').mockImplementation(function (this: IDBObjectStore) {
      isRoom = true;
      return clear.apply(this);
    });
    fillDisk(() => isRoom);
    expect(await visit()).not.toBeNull();
    expect([await store.db.count('outbox'), await store.db.count('receipts')]).toEqual([1, 0]);
    expect(await store.db.getAllKeys('blobs')).toEqual(['unsent']);
  });
});

describe('a damaged record', () => {
  test('of an account is put aside and fetched again', async () => {
    await store.db.put('accounts', { id: 'a', name: 7 } as never);
    server.answer = ({ path }) => ({ body: path === '/api/accounts/a' ? { ...a, version: 2 } : { items: [] } });
    expect(await readAccount(store, 'a', { via: lineTo(server) })).toMatchObject({ name: '青葉', version: 2 });
    expect(await store.db.getAll('quarantine')).toMatchObject([{ store: 'accounts', value: { id: 'a', name: 7 } }]);
  });

  test('is not invented where there is no way to the server', async () => {
    await store.db.put('accounts', { id: 'a', name: 7 } as never);
    server.answer = () => ({ isLost: true });
    expect(await readAccount(store, 'a', { via: lineTo(server) })).toBeNull();
  });

  test('of the lists: they are made anew from what is there, all is fetched again, and what is unsent stays', async () => {
    await keep(store, ...Array.from({ length: 1_001 }, (_, index) => account({ id: `b${index}` })));
    await packIfNeeded(store);
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    await store.db.put('account_packs', { shape: 1, count: 3 } as never, 0);
    await store.db.put('accounts', { id: 'b7' } as never);
    const index = createAccountsIndex();
    const stop = index.follow(store);
    await expect.poll(() => index.get().is_loaded).toBe(true);
    expect([index.get().rows.length, index.find('a')?.rank]).toEqual([1_001, 'A']);
    expect(await snapshotPlace(store)).toMatchObject({ part: 'rows' });
    expect(await store.db.count('outbox')).toBe(1);
    expect(await listed(store)).not.toContain('b7');
    stop();
  });
});

test('a browser that keeps nothing is named, and so is what else keeps the app from starting', async () => {
  vi.stubGlobal('indexedDB', undefined);
  expect(() => phoneFactory()).toThrow(NoStorage);
  vi.unstubAllGlobals();
  const refusing = (name: string) => ({ open: () => { throw new DOMException('no', name); } }) as unknown as IDBFactory;
  const kinds = ['SecurityError', 'QuotaExceededError', 'VersionError'].map((name) => openStore('x', { factory: refusing(name) }).catch(startTroubleOf));
  expect(await Promise.all(kinds)).toEqual(['no_storage', 'full', 'broken']);
  expect(startTroubleOf(new TypeError('fetch'))).toBe('offline');
});

describe('the service worker', () => {
  const phone = new IDBFactory();
  const session = (id: string) => ({
    csrf_token: 'token', statuses: [], outcomes: [], custom_fields: [], users: [], teams: [], basemap: {},
    user: { id, name: '', email: '', role: 'rep', locale: 'ja', team_ids: [] }, organisation: { id: 1, name: '', timezone: 'Asia/Tokyo', today: '2026-11-22', ranks: [] },
  });

  test('sends what the signed-in user has waiting, and nothing of anybody else', async () => {
    const mine = await openStore(`fieldcrm-${ME}`, { factory: phone });
    await keep(mine, a);
    await updateAccount(mine, 'a', { changes: { rank: 'A' }, by: author() });
    server.answer = (request) => (request.method === 'POST' ? answerPush(request) : { body: session('somebody-else') });
    await sendInBackground({ factory: phone, via: lineTo(server) });
    expect(batches(server)).toEqual([]);
    server.answer = (request) => (request.method === 'POST' ? answerPush(request) : { body: session(ME) });
    await sendInBackground({ factory: phone, via: lineTo(server) });
    expect(server.received.at(-1)?.headers['x-csrftoken']).toBe('token');
    expect(await mine.db.count('outbox')).toBe(0);
    await updateAccount(mine, 'a', { changes: { rank: 'B' }, by: author() });
    server.answer = (request) => (request.method === 'POST' ? { isLost: true } : { body: session(ME) });
    await expect(sendInBackground({ factory: phone, via: lineTo(server) })).rejects.toThrow();
    expect(await mine.db.count('outbox')).toBe(1);
    mine.close();
  });
});
