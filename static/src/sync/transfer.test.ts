import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAccount, updateAccount } from '../accounts/actions';
import { addStop } from '../planning/stops';
import type { Connection } from '../core/http';
import { openStore, type Store } from '../store/store';
import { dyingAt } from '../testing/death';
import { startServer, type TestServer } from '../testing/server';
import { answerPush, batches, courierTo, DEVICE, lineTo } from '../testing/sync';
import { account, ANOTHER, author, keep, keptBlob, listed, ME } from '../testing/world';
import { logVisit } from '../visits/actions';
import { attachTo } from '../visits/attachments/actions';
import { carry } from '../visits/attachments/carry';
import { prepare } from '../visits/attachments/prepared';
import { keepDraft, newDraft, readDraft } from '../visits/draft';
import { batchCourier } from './courier';
import { deviceId } from './operations';
import { deviceLabel, identify, register } from './device';
import { quarantine, readmit } from './quarantine';
import { push } from './push';
import { formerDevice, keepKey, openSealed, sealAway, sealOthers, storeName } from './sealed';
import { exportUnsent, importUnsent, NotOurs, OthersFile } from './transfer';
import { toBase64 } from './unsent';
import { sendAndWipe, wipe } from './wipe';

const KEY = toBase64(new Uint8Array(32).fill(7).buffer);
const WRONG = toBase64(new Uint8Array(32).fill(8).buffer);
const hospital = account({ id: '01920000-0000-7000-8000-0000000000aa', name: 'さくら総合病院' });

let server: TestServer;
let phone: IDBFactory;
let store: Store;
const open = (factory = phone, user = ME) => openStore(storeName(user), { factory });

beforeEach(async () => {
  server = await startServer();
  server.answer = (request) => answerPush(request);
  phone = new IDBFactory();
  store = await open();
  await keep(store, hospital);
});
afterEach(async () => {
  await server.close();
  store.close();
});

/** A day's work: a new account, a change, a visit with a photo, a half-written visit. */
async function work(on: Store): Promise<string[]> {
  const made = await createAccount(on, { name: '新規' }, { by: author() });
  const changed = await updateAccount(on, hospital.id, { changes: { rank: 'A' }, by: author() });
  const { input } = newDraft(hospital, { outcome: 1, now: new Date('2026-11-22T05:50:00Z') });
  const visit = (await logVisit(on, { ...input, note: '訪問' }, { by: author(), draft_key: null })) ?? '';
  await on.db.put('blobs', keptBlob('photo'));
  await keepDraft(on, { ...newDraft(hospital, { outcome: 1, now: new Date() }), is_touched: true });
  await addStop(on, hospital.id, '2026-11-22');
  return [made.op_id, changed.op_id, visit];
}

const opsOf = async (on: Store) => (await on.db.getAll('outbox')).map((item) => item.op_id);

describe('the outbox as a file', () => {
  test('is read in on another device with its order, its drafts and its bytes; twice adds nothing', async () => {
    const ids = await work(store);
    const file = await exportUnsent(store, ME);
    const other = await open(new IDBFactory());
    expect(await importUnsent(other, file, ME)).toBe(3);
    expect(await importUnsent(other, file, ME)).toBe(0);
    expect(await opsOf(other)).toEqual(ids);
    expect(new Uint8Array((await other.db.get('blobs', 'photo'))?.blob ?? new ArrayBuffer(0))).toEqual(new Uint8Array([1, 2, 250]));
    expect((await readDraft(other, hospital.id))?.is_touched).toBe(true);
    expect(await listed(other)).toHaveLength(1);
    expect(await other.db.count('activities')).toBe(1);
    other.close();
  });

  test('sent from both devices, each operation has one key for the server', async () => {
    const ids = await work(store);
    const other = await open(new IDBFactory());
    await importUnsent(other, await exportUnsent(store, ME), ME);
    await push(store, courierTo(server));
    await push(other, courierTo(server));
    const [first, second] = batches(server);
    expect(first?.map((item) => item.op_id)).toEqual(ids);
    expect(second?.map(({ op_id, type, entity_id, body }) => [op_id, type, entity_id, body])).toEqual(first?.map(({ op_id, type, entity_id, body }) => [op_id, type, entity_id, body]));
    expect(await importUnsent(other, await exportUnsent(store, ME), ME)).toBe(0);
    other.close();
  });

  test('what was sent meanwhile does not come back from an old file', async () => {
    await work(store);
    const file = await exportUnsent(store, ME);
    await push(store, courierTo(server));
    expect(await importUnsent(store, file, ME)).toBe(0);
    expect(await opsOf(store)).toEqual([]);
  });

  test('read in again after it was sent, it brings back none of the rows that stood in for the server’s', async () => {
    const { input } = newDraft(hospital, { outcome: 1, now: new Date('2026-11-22T05:50:00Z') });
    await logVisit(store, { ...input, next_action: '見積もり', next_action_on: '2026-12-01' }, { by: author(), draft_key: null });
    const file = await exportUnsent(store, ME);
    await push(store, courierTo(server));
    expect(await store.db.count('tasks')).toBe(0);
    expect(await importUnsent(store, file, ME)).toBe(0);
    expect(await store.db.count('tasks')).toBe(0);
  });

  test('of two visits with a next action each, sent from there, neither leaves its own task behind', async () => {
    const other = await open(new IDBFactory());
    await keep(other, hospital);
    for (const next_action of ['見積もり', '契約']) {
      const { input } = newDraft(hospital, { outcome: 1, now: new Date('2026-11-22T05:50:00Z') });
      await logVisit(store, { ...input, next_action, next_action_on: '2026-12-01' }, { by: author(), draft_key: null });
    }
    await importUnsent(other, await exportUnsent(store, ME), ME);
    expect(await other.db.count('tasks')).toBe(2);
    await push(other, courierTo(server));
    expect([await other.db.count('outbox'), await other.db.getAll('tasks')]).toEqual([0, []]);
    other.close();
  });

  test('says to the server where each was recorded, when another device sends it', async () => {
    const former = await deviceId(store);
    await work(store);
    const other = await open(new IDBFactory());
    await keep(other, hospital);
    await importUnsent(other, await exportUnsent(store, ME), ME);
    const own = await updateAccount(other, hospital.id, { changes: { rank: 'B' }, by: author() });
    await push(other, batchCourier({ via: lineTo(server), device_id: await deviceId(other) }));
    const told = ((server.received[0]?.body['operations'] ?? []) as { op_id: string; device_id?: string }[]).map((item) => [item.op_id === own.op_id, item.device_id]);
    expect(told).toEqual([[false, former], [false, former], [false, former], [true, undefined]]);
    other.close();
  });

  test('another user’s file and any other file are turned away', async () => {
    await work(store);
    await expect(importUnsent(store, await exportUnsent(store, ANOTHER), ME)).rejects.toThrow(OthersFile);
    for (const file of ['', 'PK', '[]', '{"format": "else"}']) await expect(importUnsent(store, file, ME)).rejects.toThrow(NotOurs);
  });

  test('killed at any write while it is read in, nothing of it is there, or all', async () => {
    const ids = await work(store);
    const file = await exportUnsent(store, ME);
    const other = await open(new IDBFactory());
    for (let at = 0; await dyingAt(other, at, () => importUnsent(other, file, ME)); at += 1) {
      expect([await opsOf(other), await other.db.count('blobs'), await other.db.count('drafts')]).toEqual([[], 0, 0]);
    }
    expect(await opsOf(other)).toEqual(ids);
    other.close();
  });
});

describe('what cannot be read', () => {
  test('is put aside, taken along in exports, and back in its place once this build knows it', async () => {
    const ids = await work(store);
    const [first] = await store.db.getAll('outbox');
    await store.db.put('outbox', { ...first!, type: 'deal.create' as never });
    expect(await quarantine(store)).toBe(1);
    expect(await opsOf(store)).toEqual(ids.slice(1));
    const [aside] = await store.db.getAll('quarantine');
    expect(aside).toMatchObject({ store: 'outbox', value: { op_id: ids[0], type: 'deal.create' } });
    expect(await exportUnsent(store, ME)).toContain('deal.create');
    expect(await readmit(store)).toBe(0);
    await store.db.put('quarantine', { ...aside!, value: first });
    expect(await readmit(store)).toBe(1);
    expect(await opsOf(store)).toEqual(ids);
  });

  test('read in twice it is aside once, and comes back once although the other device’s file brought it as well', async () => {
    const ids = await work(store);
    const readable = await exportUnsent(store, ME);
    const [first] = await store.db.getAll('outbox');
    await store.db.put('outbox', { ...first!, type: 'deal.create' as never });
    await quarantine(store);
    const file = await exportUnsent(store, ME);
    const other = await open(new IDBFactory());
    for (const each of [file, file, readable]) await importUnsent(other, each, ME);
    const [aside, ...more] = await other.db.getAll('quarantine');
    expect(more).toEqual([]);
    await other.db.put('quarantine', { ...aside!, value: first });
    expect(await readmit(other)).toBe(1);
    expect([...(await opsOf(other))].sort()).toEqual([...ids].sort());
    expect(await other.db.count('quarantine')).toBe(0);
    other.close();
  });

  test('a row of the server’s is laid down once this build can read it', async () => {
    await store.db.put('quarantine', { store: 'accounts', at: '', reason: '', value: { ...hospital, name: '新しい名', version: 9 } });
    expect(await readmit(store)).toBe(1);
    expect(await store.db.get('accounts', hospital.id)).toMatchObject({ name: '新しい名', version: 9 });
  });
});

describe('signing out', () => {
  const seal = async (on: Store, user = ME) => {
    await keepKey(on, KEY);
    await sealAway(on, user, { factory: phone });
  };
  const names = async () => (await phone.databases()).map(({ name }) => name);
  /** Everything of the sealed database as one text. */
  async function sealedBytes(): Promise<string> {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = phone.open('fieldcrm-sealed');
      request.onsuccess = () => resolve(request.result);
    });
    const all = await new Promise<{ data: ArrayBuffer | null }[]>((resolve) => {
      const request = db.transaction('sealed').objectStore('sealed').getAll();
      request.onsuccess = () => resolve(request.result);
    });
    db.close();
    return all.map(({ data }) => new TextDecoder().decode(data ?? new ArrayBuffer(0))).join();
  }

  test('leaves nothing readable, and the next sign-in finds all of it again', async () => {
    const ids = await work(store);
    const device = await identify(store, ME, { factory: phone });
    await seal(store);
    expect(await names()).toEqual(['fieldcrm-sealed']);
    expect(await sealedBytes()).not.toMatch(/さくら|新規|訪問/);
    store = await open();
    expect(await identify(store, ME, { factory: phone })).toBe(device);
    expect(await openSealed(store, ME, { factory: phone, seal_key: KEY })).toEqual({ kind: 'opened', count: 3 });
    expect(await opsOf(store)).toEqual(ids);
    expect(await store.db.count('blobs')).toBe(1);
    expect((await readDraft(store, hospital.id))?.is_touched).toBe(true);
    expect(await openSealed(store, ME, { factory: phone, seal_key: KEY })).toEqual({ kind: 'nothing' });
  });

  test('with the wrong key it stays sealed, and is not lost', async () => {
    const ids = await work(store);
    await seal(store);
    store = await open();
    expect(await openSealed(store, ME, { factory: phone, seal_key: WRONG })).toEqual({ kind: 'unreadable' });
    expect(await opsOf(store)).toEqual([]);
    await openSealed(store, ME, { factory: phone, seal_key: KEY });
    expect(await opsOf(store)).toEqual(ids);
  });

  test('another user signing in seals what the former one left, and keeps their own', async () => {
    const ids = await work(store);
    await keepKey(store, KEY);
    store.close();
    const theirs = await open(phone, ANOTHER);
    await sealOthers(ANOTHER, { factory: phone });
    expect((await names()).sort()).toEqual(['fieldcrm-sealed', storeName(ANOTHER)].sort());
    expect(await openSealed(theirs, ANOTHER, { factory: phone, seal_key: KEY })).toEqual({ kind: 'nothing' });
    expect(await opsOf(theirs)).toEqual([]);
    theirs.close();
    store = await open();
    await openSealed(store, ME, { factory: phone, seal_key: KEY });
    expect(await opsOf(store)).toEqual(ids);
  });

  test('cut off between sealing and deleting, nothing is doubled', async () => {
    const ids = await work(store);
    const blocked = { ...phone, open: phone.open.bind(phone), databases: phone.databases.bind(phone), deleteDatabase: () => { throw new Error('the phone is off'); } } as unknown as IDBFactory;
    await keepKey(store, KEY);
    await expect(sealAway(store, ME, { factory: blocked })).rejects.toThrow('off');
    store = await open();
    await openSealed(store, ME, { factory: phone, seal_key: KEY });
    expect(await opsOf(store)).toEqual(ids);
  });

  test('the key is not to be had from the phone', async () => {
    await keepKey(store, KEY);
    const key = (await store.db.get('meta', 'seal_key')) as CryptoKey;
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });

  test('registering opens what was sealed, on the line of the same device', async () => {
    const ids = await work(store);
    const device = await identify(store, ME, { factory: phone });
    await seal(store);
    store = await open();
    server.answer = (request) => ({ body: { id: request.body['id'], seal_key: KEY } });
    expect(await register(store, { user_id: ME, label: 'Android, Chrome', app_version: '1', via: lineTo(server) }, { factory: phone })).toEqual({ kind: 'opened', count: 3 });
    expect(server.received[0]?.body).toEqual({ id: device, label: 'Android, Chrome', app_version: '1' });
    expect(await opsOf(store)).toEqual(ids);
  });
});

describe('a lost phone', () => {
  /** A server that wants it emptied; `line` may be cut for the bytes of files. */
  const line = { isCut: false };
  const wiping = async (on: Store) => ({
    user_id: ME,
    device_id: await deviceId(on),
    courier: batchCourier({ via: lineTo(server), device_id: await deviceId(on) }),
    carry: (from: Store, via: Connection) => carry(from, via),
    via: lineTo(server),
  });
  beforeEach(async () => {
    line.isCut = false;
    server.answer = (request) => {
      if (request.path === '/api/sync/push') return answerPush(request);
      if (!request.path.includes('/bytes')) return { status: 204 };
      return line.isCut ? { isLost: true } : { body: { received_bytes: 9, stored_at: '2026-11-22T06:00:00Z' } };
    };
    const photo = await prepare({ kind: 'file', name: '見積.pdf', media_type: 'application/pdf', bytes: new TextEncoder().encode('%PDF-1.7\n').buffer });
    await attachTo(store, hospital, { prepared: [photo], by: author() });
  });
  const wipedBodies = () => server.received.filter(({ path }) => path.endsWith('/wiped')).map(({ body }) => body);

  test('brings what only it has, then is emptied', async () => {
    expect(await sendAndWipe(store, await wiping(store), { factory: phone })).toBe(0);
    expect(batches(server).flat().map((item) => item.type)).toEqual(['attachment.add']);
    expect(server.received.filter(({ path }) => path.includes('/bytes'))).toHaveLength(1);
    expect((await phone.databases()).map(({ name }) => name)).toEqual(['fieldcrm-sealed']);
    expect(wipedBodies()).toEqual([{ unsent: 0 }]);
  });

  test('keeps the bytes of a file while the line breaks, for ten minutes', async () => {
    line.isCut = true;
    const words = await wiping(store);
    expect(await sendAndWipe(store, words, { factory: phone })).toBe(null);
    expect([await store.db.count('blobs'), wipedBodies()]).toEqual([1, []]);
    const later = { ...words, via: { ...words.via, now: () => Date.now() + 601_000 } };
    expect(await sendAndWipe(store, later, { factory: phone })).toBe(1);
    expect(wipedBodies()).toEqual([{ unsent: 1 }]);
  });

  test('sends what is saved while the last is being brought', async () => {
    const honest = server.answer;
    let saved: Promise<unknown> | null = null;
    server.answer = (request) => {
      if (request.path.includes('/bytes')) saved ??= updateAccount(store, hospital.id, { changes: { rank: 'C' }, by: author() });
      return honest(request);
    };
    expect(await sendAndWipe(store, await wiping(store), { factory: phone })).toBe(0);
    await saved;
    expect(batches(server).flat().map((item) => item.type)).toEqual(['attachment.add', 'account.update']);
    expect(wipedBodies()).toEqual([{ unsent: 0 }]);
  });
});

test('a phone that is wiped keeps nothing, and says what it had not sent', async () => {
  await work(store);
  await keepKey(store, KEY);
  server.answer = () => ({ status: 204 });
  await wipe(store, { user_id: ME, device_id: DEVICE, via: lineTo(server) }, { factory: phone });
  expect((await phone.databases()).map(({ name }) => name)).toEqual(['fieldcrm-sealed']);
  expect(await formerDevice(ME, { factory: phone })).toBeNull();
  expect(server.received.map(({ path, body }) => [path, body])).toEqual([[`/api/sync/devices/${DEVICE}/wiped`, { unsent: 3 }]]);
});

test('a phone is called by what people recognise', () => {
  expect(deviceLabel('Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36')).toBe('Android, Chrome');
  expect(deviceLabel('Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1')).toBe('iPhone, Safari');
  expect(deviceLabel('')).toBe('Web');
});
