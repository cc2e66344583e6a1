import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAccount, deleteAccount, restoreAccount, saveContact, updateAccount } from '../accounts/actions';
import type { Store } from '../store/store';
import { account, author, keep, listed, openPhone } from '../testing/world';
import { startServer, type TestServer } from '../testing/server';
import { logVisit } from '../visits/actions';
import { newDraft } from '../visits/draft';
import { restCourier } from './courier';
import { resend, retry } from './outbox';
import { pull, pullAccount } from './pull';
import { push } from './push';

let server: TestServer;
let store: Store;
const hospital = account({ id: '01920000-0000-7000-8000-0000000000aa', name: 'さくら総合病院' });

beforeEach(async () => {
  server = await startServer();
  server.answer = obey;
  store = await openPhone();
  await keep(store, hospital);
});
afterEach(async () => {
  await server.close();
  store.close();
});

const send = () => push(store, restCourier({ origin: server.origin }));
/** A server that does as asked and answers with the thing. */
const obey: TestServer['answer'] = (request) => ({ body: { ...request.body, id: request.body['id'] ?? request.path.split('/').pop() } });
const outbox = () => store.db.getAll('outbox');
const rename = (name: string) => updateAccount(store, hospital.id, { changes: { name }, by: author() });
const keysSent = () => server.received.map((request) => request.headers['idempotency-key']);

async function visit(note: string): Promise<string> {
  const { input } = newDraft(hospital, { outcome: 1, now: new Date('2026-11-22T05:50:00Z') });
  return (await logVisit(store, { ...input, note }, { by: author(), draft_key: null })) ?? '';
}

describe('sending', () => {
  test('goes oldest first, each operation with its own key, and empties the outbox on the receipts', async () => {
    await rename('一');
    await visit('二');
    await rename('三');
    const keys = (await outbox()).map((item) => item.op_id);
    expect(await send()).toEqual({ end: 'done', acknowledged: 3, restored: [] });
    expect(server.received.map((request) => `${request.method} ${request.path}`)).toEqual([
      `PATCH /api/accounts/${hospital.id}`,
      'POST /api/activities',
      `PATCH /api/accounts/${hospital.id}`,
    ]);
    expect(keysSent()).toEqual(keys);
    expect(await outbox()).toEqual([]);
    expect((await store.db.getAll('receipts')).map((item) => item.op_id).sort()).toEqual([...keys].sort());
  });

  test('an answer lost after the server did the work is asked for again under the same key', async () => {
    const op_id = await visit('面談');
    server.answer = () => ({ isLost: true });
    expect(await send()).toEqual({ end: 'unreachable', acknowledged: 0, restored: [] });
    expect(await outbox()).toMatchObject([{ op_id, attempts: 1, refusal: null }]);
    server.answer = obey;
    await send();
    expect(keysSent()).toEqual([op_id, op_id]);
    expect(await outbox()).toEqual([]);
  });

  test.each([
    ['a server in trouble', { status: 503, body: {} }],
    ['a hotel’s sign-in page', { status: 200, type: 'text/html', body: '<html>Welcome</html>' }],
    ['a redirect', { status: 302, headers: { Location: '/sign-in' } }],
    ['an answer about something else', { status: 200, body: { id: 'another' } }],
    ['an empty JSON page', { status: 200, body: '' }],
  ])('%s acknowledges nothing', async (_, reply) => {
    await visit('面談');
    server.answer = () => reply;
    expect((await send()).end).toBe('unreachable');
    expect(await outbox()).toHaveLength(1);
    expect(await store.db.count('receipts')).toBe(0);
  });

  test('an expired session stops it and keeps everything', async () => {
    await rename('一');
    await rename('二');
    server.answer = () => ({ status: 401, body: { title: 'sign in' } });
    expect((await send()).end).toBe('signed_out');
    expect(server.received).toHaveLength(1);
    expect(await outbox()).toHaveLength(2);
  });

  test('a stale CSRF token is renewed and the request tried once more', async () => {
    await rename('一');
    server.answer = (request) => (server.received.length === 1 ? { status: 400, body: { code: 'csrf', title: 'stale' } } : { body: request.body && { id: hospital.id } });
    let renewals = 0;
    const courier = restCourier({ origin: server.origin, renew: async () => (renewals += 1) > 0 });
    expect((await push(store, courier)).acknowledged).toBe(1);
    expect(renewals).toBe(1);
  });

  test('a refusal goes to the attention list with its reasons and does not hold up the others', async () => {
    await visit('NG');
    await rename('二');
    const errors = [{ field: 'note', code: 'too_long', message: '長すぎます' }];
    server.answer = (request) => (request.path === '/api/activities' ? { status: 422, body: { title: '入力に誤り', code: 'invalid', errors } } : { body: { id: hospital.id } });
    expect(await send()).toEqual({ end: 'done', acknowledged: 1, restored: [] });
    const [refused] = await outbox();
    expect(refused?.refusal).toMatchObject({ status: 422, message: '入力に誤り', errors });
    await send();
    expect(server.received).toHaveLength(2);
  });

  test('what depends on a refused creation waits for it, and follows once it is corrected', async () => {
    const made = await createAccount(store, { name: '新しい病院', phones: [{ number: 'abc', label: '' }] }, { by: author() });
    await updateAccount(store, made.id, { changes: { rank: 'A' }, by: author() });
    await rename('別の病院');
    server.answer = (request) =>
      request.method === 'POST' && JSON.stringify(request.body).includes('abc') ? { status: 422, body: { title: 'phone' } } : { body: { id: request.body['id'] ?? request.path.split('/').pop() } };
    await send();
    expect((await outbox()).map((item) => item.type)).toEqual(['account.create', 'account.update']);
    const [creation] = await outbox();
    if (!creation) throw new Error('The creation is gone.');
    await resend(store, creation, { phones: [] });
    await send();
    expect(await outbox()).toEqual([]);
    const keys = server.received.filter((request) => request.method === 'POST').map((request) => request.headers['idempotency-key']);
    // Another wording is another message; the same key would be refused as a mismatch.
    expect(new Set(keys).size).toBe(2);
  });

  test('a change of a person waits for that person’s refused creation, and the account’s own changes do not', async () => {
    const made = await saveContact(store, { id: null, account_id: hospital.id, input: { name: '田中' } }, author());
    await saveContact(store, { id: made.id, account_id: hospital.id, input: { title: '事務長' } }, author());
    await rename('別名');
    server.answer = (request) => (request.path.startsWith('/api/contacts') ? { status: 422, body: { title: 'name' } } : obey(request));
    await send();
    expect((await outbox()).map((item) => [item.type, item.refusal?.status ?? null])).toEqual([['contact.create', 422], ['contact.update', null]]);
  });

  test('sent again as it was, it keeps its key', async () => {
    const op_id = await visit('面談');
    server.answer = () => ({ status: 409, body: { title: 'conflict' } });
    await send();
    const [refused] = await outbox();
    if (refused) await retry(store, refused);
    await send();
    expect(keysSent()).toEqual([op_id, op_id]);
  });

  test('two senders at once send each operation once', async () => {
    for (let index = 0; index < 5; index += 1) await rename(`名 ${index}`);
    server.answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { body: { id: hospital.id } };
    };
    await Promise.all([send(), send(), send()]);
    expect(server.received).toHaveLength(5);
    expect(new Set(keysSent()).size).toBe(5);
  });

  test('a deletion that has already left the phone is undone, and its history comes back', async () => {
    await deleteAccount(store, hospital, author());
    await send();
    server.answer = () => ({ body: { cursor: 1, more: false, gone: [{ type: 'account', id: hospital.id }] } });
    await pull(store, { origin: server.origin });
    expect(await store.db.count('accounts')).toBe(0);
    await restoreAccount(store, hospital, author());
    expect(await listed(store)).toEqual([hospital.id]);
    server.answer = (request) => (request.path.includes('restore') ? { body: { ...hospital, version: 3 } } : obey(request));
    const { restored } = await send();
    expect(restored).toEqual([hospital.id]);
    const activity = { id: 'v', account_id: hospital.id, user_id: null, channel: 'visit', occurred_at: '2026-11-01T00:00:00Z', version: 1 };
    server.answer = (request) => ({ body: { items: request.path.includes('activities') ? [activity] : [] } });
    await pullAccount(store, hospital.id, { origin: server.origin });
    expect(await store.db.count('activities')).toBe(1);
  });

  test('an account whose deletion is refused stands in the lists again', async () => {
    await deleteAccount(store, hospital, author());
    expect(await listed(store)).toEqual([]);
    server.answer = () => ({ status: 403, body: { title: '権限がありません' } });
    await send();
    expect(await listed(store)).toEqual([hospital.id]);
    expect((await outbox())[0]?.refusal?.message).toBe('権限がありません');
  });

  test('the server’s row is laid under what is still unsent', async () => {
    await rename('一');
    await updateAccount(store, hospital.id, { changes: { rank: 'A' }, by: author() });
    server.answer = () =>
      server.received.length === 1 ? { body: { ...hospital, name: '一', rank: 'C', notes: '同僚の追記', version: 2 } } : { isLost: true };
    await send();
    expect(await store.db.get('accounts', hospital.id)).toMatchObject({ name: '一', rank: 'A', notes: '同僚の追記', version: 2 });
    expect(await store.db.get('account_rows', hospital.id)).toMatchObject({ name: '一', rank: 'A' });
  });
});
