import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../core/http';
import { write } from '../../store/rows';
import { openStore, type Store } from '../../store/store';
import { startServer, type Received, type Reply, type TestServer } from '../../testing/server';
import { answerPush, changes, courierTo } from '../../testing/sync';
import { account, author, keep, openPhone } from '../../testing/world';
import { removeGone } from '../../sync/gone';
import { quarantine } from '../../sync/quarantine';
import { sendAndReceive } from '../../sync/round';
import { logVisit } from '../actions';
import { keepDraft, newDraft, readDraft } from '../draft';
import { addTaken, attachTo, dropFromDraft, keepInDraft, removeAttachment, sendAgain } from './actions';
import { carry, PART_BYTES, waiting } from './carry';
import { prepare, sha256, type Prepared } from './prepared';
import { whereabouts } from './progress';

let store: Store;
let server: TestServer;
const hospital = account({ id: 'h', name: 'さくら総合病院' });
const by = author();
const line = () => connect({ origin: server.origin });

beforeEach(async () => {
  store = await openPhone();
  server = await startServer();
  await keep(store, hospital);
});
afterEach(async () => {
  store.close();
  await server.close();
});

function bytesOf(length: number): ArrayBuffer {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) % 256).buffer;
}

const photo = (length = 1000): Promise<Prepared> => prepare({ kind: 'photo', name: '外観.jpg', media_type: 'image/jpeg', bytes: bytesOf(length), width: 4, height: 3 });

/** The server has acknowledged everything in the outbox. */
const acknowledge = () => store.db.clear('outbox');

/** A server that keeps parts as ours does; `lose` breaks the line at these parts, before or after they were kept. */
function keepingServer(size: number, lose: Record<number, 'before' | 'after'> = {}): { kept: () => number[] } {
  let kept: number[] = [];
  const losses = new Map(Object.entries(lose));
  const progress = () => ({ received_bytes: kept.length, stored_at: kept.length === size ? '2026-11-22T06:00:00Z' : null });
  server.answer = async (request: Received): Promise<Reply> => {
    if (request.method === 'GET') return { body: progress() };
    const offset = Number(new URL(request.path, server.origin).searchParams.get('offset'));
    const loss = losses.get(String(offset));
    losses.delete(String(offset));
    if (loss === 'before') return { isLost: true };
    expect(request.headers['x-chunk-sha256']).toBe(await sha256(new Uint8Array(request.bytes).buffer));
    if (offset !== kept.length) return { status: 409, body: { code: 'wrong_offset', title: 'elsewhere' } };
    kept = [...kept, ...request.bytes];
    return loss === 'after' ? { isLost: true } : { body: progress() };
  };
  return { kept: () => kept };
}

describe('a visit with photos', () => {
  test('is kept with its rows and messages in one go, the visit first', async () => {
    const draft = newDraft(hospital, { outcome: 1, now: by.now });
    const prepared = await photo();
    await keepInDraft(store, { ...draft, attachments: [prepared.taken] }, prepared);
    await logVisit(store, draft.input, { by, draft_key: 'visit:h', also: (tx, at) => addTaken(tx, { account: at, activity_id: draft.input.id, items: [prepared.taken], by }) });
    expect((await store.db.getAll('outbox')).map((item) => [item.type, item.entity_id])).toEqual([['activity.log', draft.input.id], ['attachment.add', prepared.taken.id]]);
    const [, added] = await store.db.getAll('outbox');
    expect(added?.body).toEqual({ id: prepared.taken.id, account_id: 'h', activity_id: draft.input.id, kind: 'photo', name: '外観.jpg', media_type: 'image/jpeg', size_bytes: 1000, sha256: prepared.taken.sha256, width: 4, height: 3 });
    expect(await store.db.getAllFromIndex('attachments', 'by_activity', draft.input.id)).toMatchObject([{ id: prepared.taken.id, stored_at: null, received_bytes: 0 }]);
    expect(await store.db.count('drafts')).toBe(0);
    expect((await store.db.get('blobs', prepared.taken.id))?.blob.byteLength).toBe(1000);
  });

  test('leaves nothing behind when it cannot be kept', async () => {
    const draft = newDraft(hospital, { outcome: 1, now: by.now });
    const { taken } = await photo();
    const failing = logVisit(store, draft.input, {
      by,
      draft_key: null,
      also: async (tx, at) => {
        await addTaken(tx, { account: at, activity_id: draft.input.id, items: [taken], by });
        throw new Error('the phone is full');
      },
    });
    await expect(failing).rejects.toThrow();
    expect([await store.db.count('activities'), await store.db.count('attachments'), await store.db.count('outbox')]).toEqual([0, 0, 0]);
  });

  test('half written survives a restart with its photos; what is taken out goes with its bytes', async () => {
    const prepared = await photo();
    const draft = { ...newDraft(hospital, { outcome: 1, now: by.now }), attachments: [prepared.taken], is_touched: true };
    await keepInDraft(store, draft, prepared);
    await keepDraft(store, { ...draft, input: { ...draft.input, note: '途中' } });
    store.close();
    store = await openStore(store.name);
    const found = await readDraft(store, 'h');
    expect(found?.attachments).toEqual([prepared.taken]);
    expect(await waiting(store)).toEqual([]);
    await dropFromDraft(store, { ...draft, attachments: [] }, prepared.taken.id);
    expect(await store.db.count('blobs')).toBe(0);
  });
});

describe('bringing the bytes', () => {
  test('waits for the message and then sends every part once', async () => {
    const prepared = await photo(2 * PART_BYTES + 77);
    await attachTo(store, hospital, { prepared: [prepared], by });
    expect(await carry(store, line())).toBe(false);
    expect(server.received).toEqual([]);
    await acknowledge();
    const { kept } = keepingServer(prepared.taken.size_bytes);
    expect(await carry(store, line())).toBe(true);
    expect(new Uint8Array(kept()).buffer).toEqual(prepared.bytes);
    expect(server.received.filter((request) => request.method === 'PUT')).toHaveLength(3);
    expect(await store.db.get('attachments', prepared.taken.id)).toMatchObject({ stored_at: '2026-11-22T06:00:00Z', received_bytes: prepared.taken.size_bytes });
    expect(await store.db.get('blobs', prepared.taken.id)).toMatchObject({ stored_at: '2026-11-22T06:00:00Z' });
    expect(await waiting(store)).toEqual([]);
  });

  test.each([
    ['before a part came', 'before'],
    ['after a part was kept and its answer lost', 'after'],
  ] as const)('goes on where it stood when the line broke %s', async (_name, when) => {
    const prepared = await photo(3 * PART_BYTES);
    await attachTo(store, hospital, { prepared: [prepared], by });
    await acknowledge();
    const { kept } = keepingServer(prepared.taken.size_bytes, { [PART_BYTES]: when });
    expect(await carry(store, line())).toBe(false);
    const row = await store.db.get('attachments', prepared.taken.id);
    expect(row && whereabouts(row, await store.db.get('blobs', row.id), null)).toEqual({ kind: 'sending', percent: 33 });
    server.received.length = 0;
    expect(await carry(store, line())).toBe(true);
    expect(new Uint8Array(kept()).buffer).toEqual(prepared.bytes);
    expect(server.received.filter((request) => request.method === 'PUT')).toHaveLength(when === 'before' ? 2 : 1);
  });

  test('starts again when the server has lost what it had', async () => {
    const prepared = await photo(2 * PART_BYTES);
    await attachTo(store, hospital, { prepared: [prepared], by });
    await acknowledge();
    const { kept } = keepingServer(prepared.taken.size_bytes);
    const honest = server.answer;
    let isFirst = true;
    server.answer = (request) => {
      if (request.method !== 'GET' || !isFirst) return honest(request);
      isFirst = false;
      return { body: { received_bytes: PART_BYTES, stored_at: null } };
    };
    expect(await carry(store, line())).toBe(true);
    expect(kept()).toHaveLength(2 * PART_BYTES);
  });

  test('waits for a message that this build cannot send', async () => {
    const prepared = await photo();
    await attachTo(store, hospital, { prepared: [prepared], by });
    const [added] = await store.db.getAll('outbox');
    await store.db.put('outbox', { ...added!, type: 'attachment.place' as never });
    await quarantine(store);
    expect([await waiting(store), await carry(store, line()), server.received]).toEqual([[], false, []]);
  });

  test('of a file whose account has left the phone leaves nothing behind', async () => {
    const prepared = await photo(2 * PART_BYTES);
    await attachTo(store, hospital, { prepared: [prepared], by });
    await acknowledge();
    await write(store, [], (tx) => removeGone(tx, { type: 'account', id: hospital.id, reason: 'reassigned', merged_into: null }));
    expect(await waiting(store)).toEqual([prepared.taken.id]);
    const { kept } = keepingServer(prepared.taken.size_bytes);
    expect(await carry(store, line())).toBe(true);
    expect(kept()).toHaveLength(2 * PART_BYTES);
    expect([await store.db.count('attachments'), await store.db.count('blobs')]).toEqual([0, 0]);
  });

  test('keeps bytes that the server refuses, says why, and does not send them again by itself', async () => {
    const prepared = await photo();
    await attachTo(store, hospital, { prepared: [prepared], by });
    await acknowledge();
    server.answer = () => ({ status: 422, body: { code: 'not_a_picture', title: '画像として開けません' } });
    expect(await carry(store, line())).toBe(false);
    const row = await store.db.get('attachments', prepared.taken.id);
    const place = async () => row && whereabouts(row, await store.db.get('blobs', row.id), null);
    expect(await place()).toEqual({ kind: 'refused', reason: '画像として開けません' });
    await carry(store, line());
    expect(server.received).toHaveLength(1);
    keepingServer(1000);
    await sendAgain(store, prepared.taken.id);
    expect(await carry(store, line())).toBe(true);
  });

  test('of one file is not held up by another that meets trouble', async () => {
    const [bad, good] = [await photo(500), await photo(600)];
    await attachTo(store, hospital, { prepared: [bad, good], by });
    await acknowledge();
    server.answer = ({ path }) =>
      path.includes(bad.taken.id) ? { status: 429, body: { code: 'too_many_requests', title: 'later' } } : { body: { received_bytes: 600, stored_at: '2026-11-22T06:00:00Z' } };
    expect(await carry(store, line())).toBe(true);
    expect(await waiting(store)).toEqual([bad.taken.id]);
  });

  test('stops quietly without a line', async () => {
    await attachTo(store, hospital, { prepared: [await photo(), await photo(2000)], by });
    await acknowledge();
    server.answer = () => ({ isLost: true });
    expect(await carry(store, line())).toBe(false);
    expect(server.received).toHaveLength(1);
    expect(await waiting(store)).toHaveLength(2);
  });
});

test('all is sent only when the bytes are; a photo of a visit still being written is not waited for', async () => {
  const [sent, drafted] = [await photo(600), await photo(700)];
  const draft = { ...newDraft(hospital, { outcome: 1, now: by.now }), attachments: [drafted.taken], is_touched: true };
  await keepInDraft(store, draft, drafted);
  await attachTo(store, hospital, { prepared: [sent], by });
  let isTaking = false;
  server.answer = (request) => {
    if (request.path === '/api/sync/push') return answerPush(request);
    if (request.path.startsWith('/api/sync/pull')) return changes();
    return isTaking ? { body: { received_bytes: 600, stored_at: '2026-11-22T06:00:00Z' } } : { status: 503, body: { code: 'unavailable', title: 'later' } };
  };
  // A phone that has had its first load.
  await store.db.put('meta', 1, 'cursor');
  const round = () => sendAndReceive({ store, courier: courierTo(server), via: line(), carry });
  await round();
  expect([await store.db.count('outbox'), await store.db.get('meta', 'all_sent_at')]).toEqual([0, undefined]);
  isTaking = true;
  await round();
  expect(await store.db.get('meta', 'all_sent_at')).toEqual(expect.any(String));
  expect((await store.db.get('blobs', drafted.taken.id))?.stored_at).toBeNull();
});

describe('removing', () => {
  test('sends a message and leaves nothing on the phone', async () => {
    const prepared = await photo();
    await attachTo(store, hospital, { prepared: [prepared], by });
    const row = await store.db.get('attachments', prepared.taken.id);
    if (row) await removeAttachment(store, row, by);
    expect((await store.db.getAll('outbox')).map((item) => item.type)).toEqual(['attachment.add', 'attachment.delete']);
    expect([await store.db.count('attachments'), await store.db.count('blobs')]).toEqual([0, 0]);
  });

  test('what the server refused takes its message along', async () => {
    const prepared = await photo();
    await attachTo(store, hospital, { prepared: [prepared], by });
    await write(store, [], async (tx) => {
      const [waitingOne] = await tx.objectStore('outbox').getAll();
      if (waitingOne) await tx.objectStore('outbox').put({ ...waitingOne, refusal: { status: 413, code: 'too_large', message: '大きすぎます', errors: [], at: by.now.toISOString() } });
    });
    const row = await store.db.get('attachments', prepared.taken.id);
    if (row) await removeAttachment(store, row, by);
    expect(await store.db.count('outbox')).toBe(0);
  });
});
