import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAccount, deleteAccount, deleteContact, restoreAccount, saveContact, updateAccount } from '../accounts/actions';
import { writeAgainable } from '../store/rows';
import type { Store } from '../store/store';
import { account, author, keep, listed, openPhone } from '../testing/world';
import { dyingAt } from '../testing/death';
import { startServer, type TestServer } from '../testing/server';
import { answerPush, batches, changes, courierTo, DEVICE, lineTo, refusal, type Sent } from '../testing/sync';
import { logVisit } from '../visits/actions';
import { newDraft } from '../visits/draft';
import { removeGone } from './gone';
import { beginLaying, mergeRow } from './merge';
import { resend, retry } from './outbox';
import { pull, pullAccount } from './pull';
import { push } from './push';

let server: TestServer;
let store: Store;
const hospital = account({ id: '01920000-0000-7000-8000-0000000000aa', name: 'さくら総合病院' });

beforeEach(async () => {
  server = await startServer();
  server.answer = (request) => answerPush(request);
  store = await openPhone();
  await keep(store, hospital);
});
afterEach(async () => {
  await server.close();
  store.close();
});

const send = () => push(store, courierTo(server));
const outbox = () => store.db.getAll('outbox');
const rename = (name: string) => updateAccount(store, hospital.id, { changes: { name }, by: author() });
const judging = (judge: (operation: Sent) => Record<string, unknown> | null) => {
  server.answer = (request) => answerPush(request, judge);
};
const sentIds = () => batches(server).map((batch) => batch.map((operation) => operation.op_id));
const pulled = (row: Record<string, unknown>) =>
  writeAgainable(store, [], async (tx) => void (await mergeRow(tx, 'accounts', row, await beginLaying(tx))));

async function visit(note: string): Promise<string> {
  const { input } = newDraft(hospital, { outcome: 1, now: new Date('2026-11-22T05:50:00Z') });
  return (await logVisit(store, { ...input, note }, { by: author(), draft_key: null })) ?? '';
}

test('a visit that the server takes in without changing the account leaves the account as the server has it', async () => {
  const { input } = newDraft(hospital, { outcome: 1, now: new Date('2026-11-22T05:50:00Z') });
  await logVisit(store, { ...input, win_prob: 80, status: 3 }, { by: author(), draft_key: null });
  expect(await store.db.get('accounts', hospital.id)).toMatchObject({ win_prob: 80, status: 3 });
  await send();
  expect(await outbox()).toEqual([]);
  expect(await store.db.get('accounts', hospital.id)).toEqual(hospital);
});

describe('sending', () => {
  test('goes oldest first, in one batch, and empties the outbox on the receipts', async () => {
    await rename('一');
    await visit('二');
    await rename('三');
    const keys = (await outbox()).map((item) => item.op_id);
    expect(await send()).toMatchObject({ end: 'done', acknowledged: 3, restored: [] });
    expect(sentIds()).toEqual([keys]);
    expect(server.received[0]?.body).toMatchObject({ device_id: DEVICE, operations: [{ type: 'account.update', body: { name: '一' }, base_version: 1, seq: 1 }, { type: 'activity.log', base_version: 1 }, {}] });
    expect(await outbox()).toEqual([]);
    expect((await store.db.getAll('receipts')).map((item) => item.op_id).sort()).toEqual([...keys].sort());
  });

  test('is told as it goes: how many of how many', async () => {
    for (let index = 0; index < 120; index += 1) await rename(`名 ${index}`);
    const told: string[] = [];
    await push(store, courierTo(server), { onprogress: (done, total) => told.push(`${done}/${total}`) });
    expect(told).toEqual(['0/120', '50/120', '100/120', '120/120']);
    expect(batches(server).map((batch) => batch.length)).toEqual([50, 50, 20]);
  });

  test('an answer lost after the server did the work is asked for again under the same key', async () => {
    const op_id = await visit('面談');
    server.answer = () => ({ isLost: true });
    expect(await send()).toMatchObject({ end: 'unreachable', acknowledged: 0 });
    expect(await outbox()).toMatchObject([{ op_id, attempts: 1, refusal: null }]);
    judging(() => ({ status: 'duplicate' }));
    await send();
    expect(sentIds()).toEqual([[op_id], [op_id]]);
    expect(await outbox()).toEqual([]);
    expect(await store.db.get('receipts', op_id)).toMatchObject({ status: 'duplicate' });
  });

  test.each([
    ['a server in trouble', { status: 503, body: {} }],
    ['a hotel’s sign-in page', { status: 200, type: 'text/html', body: '<html>Welcome</html>' }],
    ['a redirect', { status: 302, headers: { Location: '/sign-in' } }],
    ['an answer about something else', { status: 200, body: { results: [{ op_id: 'another', status: 'applied' }] } }],
    ['an answer without a status', { status: 200, body: { results: [{ op_id: 'another' }] } }],
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

  test('a right that was taken away stops it, says why and keeps everything', async () => {
    await rename('一');
    server.answer = () => ({ status: 403, body: { title: '権限がありません' } });
    expect(await send()).toMatchObject({ end: 'trouble', detail: '権限がありません' });
    expect(await outbox()).toMatchObject([{ refusal: null }]);
  });

  test('a stale CSRF token is renewed and the request tried once more', async () => {
    await rename('一');
    server.answer = (request) => (server.received.length === 1 ? { status: 400, body: { code: 'csrf', title: 'stale' } } : answerPush(request));
    let renewals = 0;
    const courier = courierTo(server, { renew: async () => (renewals += 1) > 0 });
    expect((await push(store, courier)).acknowledged).toBe(1);
    expect(renewals).toBe(1);
  });

  test('a refusal goes to the attention list with its reasons and does not hold up the others', async () => {
    await visit('NG');
    await rename('二');
    const errors = [{ field: 'note', code: 'too_long', message: '長すぎます' }];
    judging((operation) => (operation.type === 'activity.log' ? refusal(422, { title: '入力に誤り', errors }) : null));
    expect(await send()).toMatchObject({ end: 'done', acknowledged: 1 });
    const [refused] = await outbox();
    expect(refused?.refusal).toMatchObject({ status: 422, message: '入力に誤り', errors });
    await send();
    expect(server.received).toHaveLength(1);
  });

  test('a batch refused as a whole is sent one by one, and only the one at fault is held back', async () => {
    await rename('一');
    await visit('NG');
    await rename('三');
    server.answer = (request) => (JSON.stringify(request.body).includes('NG') ? { status: 413, body: { title: '大きすぎます', code: 'too_large' } } : answerPush(request));
    expect(await send()).toMatchObject({ end: 'done', acknowledged: 2 });
    expect(await outbox()).toMatchObject([{ type: 'activity.log', refusal: { status: 413 } }]);
  });

  test('what depends on a refused creation waits for it, and follows once it is corrected', async () => {
    const made = await createAccount(store, { name: '新しい病院', phones: [{ number: 'abc', label: '' }] }, { by: author() });
    await updateAccount(store, made.id, { changes: { rank: 'A' }, by: author() });
    await rename('別の病院');
    judging((operation) => {
      if (operation.type === 'account.create' && JSON.stringify(operation).includes('abc')) return refusal(422);
      return operation.entity_id === made.id && operation.type === 'account.update' && server.received.length === 1 ? { status: 'blocked' } : null;
    });
    expect(await send()).toMatchObject({ end: 'done', acknowledged: 1 });
    expect(server.received).toHaveLength(1);
    expect((await outbox()).map((item) => [item.type, item.refusal === null])).toEqual([['account.create', false], ['account.update', true]]);
    const [creation] = await outbox();
    if (!creation) throw new Error('The creation is gone.');
    await resend(store, creation, { phones: [] });
    await send();
    expect(await outbox()).toEqual([]);
    const keys = batches(server).flat().filter((operation) => operation.type === 'account.create').map((operation) => operation.op_id);
    // Another wording is another message; the same key would be refused as a mismatch.
    expect(new Set(keys).size).toBe(2);
  });

  test('what the server blocks waits without being asked about again in the same round', async () => {
    await rename('一');
    judging(() => ({ status: 'blocked' }));
    expect(await send()).toMatchObject({ end: 'done', acknowledged: 0 });
    expect(server.received).toHaveLength(1);
    judging(() => null);
    await send();
    expect(await outbox()).toEqual([]);
  });

  test('what the server fails at waits as well: nobody here could mend it', async () => {
    await rename('一');
    await visit('二');
    judging((operation) => (operation.type === 'account.update' ? refusal(500) : null));
    expect(await send()).toMatchObject({ end: 'done', acknowledged: 1 });
    expect(await outbox()).toMatchObject([{ type: 'account.update', refusal: null }]);
  });

  test('sent again as it was, it keeps its key', async () => {
    const op_id = await visit('面談');
    judging(() => refusal(409));
    await send();
    const [refused] = await outbox();
    if (refused) await retry(store, refused);
    await send();
    expect(sentIds()).toEqual([[op_id], [op_id]]);
  });

  test('two senders at once send each operation once', async () => {
    for (let index = 0; index < 5; index += 1) await rename(`名 ${index}`);
    server.answer = async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return answerPush(request);
    };
    await Promise.all([send(), send(), send()]);
    expect(batches(server).flat()).toHaveLength(5);
  });

  test('killed at any write, it loses nothing and doubles nothing', async () => {
    const ids = [(await rename('一')).op_id, await visit('二'), (await rename('三')).op_id];
    for (let at = 0; await dyingAt(store, at, send); at += 1) {
      const [waiting, receipts] = [await outbox(), await store.db.getAll('receipts')];
      // All of them here or all of them there: the answers of a batch are kept together.
      expect([waiting.length, receipts.length]).toEqual([3, 0]);
      expect(at).toBeLessThan(100);
    }
    expect((await store.db.getAll('receipts')).map((item) => item.op_id).sort()).toEqual([...ids].sort());
    expect(await outbox()).toEqual([]);
    expect(new Set(batches(server).flat().map((operation) => operation.op_id))).toEqual(new Set(ids));
  });
});

describe('what the answers leave on the phone', () => {
  test('notes and conflicts are kept on the receipt, and the rows are taken over', async () => {
    const { op_id } = await rename('一');
    const conflict = { id: 'k', entity: 'account', entity_id: hospital.id, account_id: hospital.id, field: 'name', current_value: '一', other_value: '二', version: 1 };
    judging(() => ({
      status: 'conflict',
      row: { store: 'accounts', value: { ...hospital, name: '一', rank: 'C', version: 3 } },
      rows: [{ store: 'conflicts', value: conflict }],
      notes: [{ code: 'other_fields_changed', message: '他の項目も変更されています', fields: ['rank'] }],
      conflict_ids: ['k'],
    }));
    await send();
    expect(await store.db.get('receipts', op_id)).toMatchObject({ status: 'conflict', conflict_ids: ['k'], notes: [{ code: 'other_fields_changed', params: { fields: ['rank'] } }] });
    expect(await store.db.get('conflicts', 'k')).toMatchObject({ current_value: '一', other_value: '二', choice: null });
    expect(await store.db.get('accounts', hospital.id)).toMatchObject({ rank: 'C', version: 3 });
  });

  test('what was taken in for somebody else now is not kept here', async () => {
    await visit('面談');
    const activity = { id: 'other', account_id: hospital.id, user_id: null, channel: 'visit', occurred_at: '2026-11-01T00:00:00Z', version: 1 };
    judging(() => ({ row: { store: 'activities', value: activity }, notes: [{ code: 'no_longer_yours', message: '' }] }));
    await send();
    expect(await store.db.get('activities', 'other')).toBeUndefined();
  });

  test('the server’s row is laid under what is still unsent', async () => {
    await rename('一');
    await updateAccount(store, hospital.id, { changes: { rank: 'A' }, by: author() });
    let asked = 0;
    const courier = { ...courierTo(server), batch_size: 1 };
    server.answer = (request) =>
      (asked += 1) === 1 ? answerPush(request, () => ({ row: { store: 'accounts', value: { ...hospital, name: '一', rank: 'C', notes: '同僚の追記', version: 2 } } })) : { isLost: true };
    await push(store, courier);
    expect(await store.db.get('accounts', hospital.id)).toMatchObject({ name: '一', rank: 'A', notes: '同僚の追記', version: 2 });
    expect((await store.db.get('account_rows', hospital.id))).toMatchObject({ name: '一', rank: 'A' });
  });

  test('a newer row that came meanwhile shows again when the answer about an older one is there', async () => {
    await rename('一');
    await pulled({ ...hospital, name: '他の人', rank: 'B', version: 5 });
    expect(await store.db.get('accounts', hospital.id)).toMatchObject({ name: '一', rank: 'B', version: 5 });
    judging(() => ({ status: 'duplicate', row: { store: 'accounts', value: { ...hospital, name: '一', version: 4 } } }));
    await send();
    expect(await store.db.get('accounts', hospital.id)).toMatchObject({ name: '他の人', rank: 'B', version: 5 });
    expect(await store.db.count('bases')).toBe(0);
  });

  test('a deletion that has already left the phone is undone, and its history comes back', async () => {
    await deleteAccount(store, hospital, author());
    await send();
    server.answer = () => changes({ gone: [{ type: 'account', id: hospital.id, reason: 'deleted' }] });
    await pull(store, { via: lineTo(server) });
    expect(await store.db.count('accounts')).toBe(0);
    await restoreAccount(store, hospital, author());
    expect(await listed(store)).toEqual([hospital.id]);
    judging(() => ({ row: { store: 'accounts', value: { ...hospital, version: 3 } } }));
    expect((await send()).restored).toEqual([hospital.id]);
    const activity = { id: 'v', account_id: hospital.id, user_id: null, channel: 'visit', occurred_at: '2026-11-01T00:00:00Z', version: 1 };
    server.answer = (request) => ({ body: request.path.endsWith(`accounts/${hospital.id}`) ? { ...hospital, version: 3 } : { items: request.path.includes('activities') ? [activity] : [] } });
    await pullAccount(store, hospital.id, { via: lineTo(server) });
    expect(await store.db.count('activities')).toBe(1);
  });

  test('an account whose deletion is refused stands in the lists again', async () => {
    await deleteAccount(store, hospital, author());
    expect(await listed(store)).toEqual([]);
    judging(() => refusal(403, { title: '権限がありません' }));
    await send();
    expect(await listed(store)).toEqual([hospital.id]);
    expect((await outbox())[0]?.refusal?.message).toBe('権限がありません');
  });

  test('a person whose deletion is refused is there again, and not before', async () => {
    const made = await saveContact(store, { id: null, account_id: hospital.id, input: { name: '田中' } }, author());
    judging(() => ({ row: { store: 'contacts', value: { id: made.id, account_id: hospital.id, name: '田中', version: 1, change_seq: 2 } } }));
    await send();
    const contact = await store.db.get('contacts', made.id);
    if (!contact) throw new Error('The contact is gone.');
    await deleteContact(store, contact, author());
    await writeAgainable(store, [], async (tx) => void (await mergeRow(tx, 'contacts', { ...contact, title: '部長', version: 2 }, await beginLaying(tx))));
    expect(await store.db.count('contacts')).toBe(0);
    judging(() => refusal(403));
    await send();
    expect(await store.db.getAll('contacts')).toMatchObject([{ name: '田中', title: '部長' }]);
  });
});

test('an answer given again lays down nothing that hung on an account which has left the phone meanwhile', async () => {
  const phone = await openPhone();
  const server = await startServer();
  const gone = account({ id: 'gone' });
  await keep(phone, gone);
  const { id } = await saveContact(phone, { id: null, account_id: 'gone', input: { name: '担当' } }, author());
  await writeAgainable(phone, ['gone'], (tx) => removeGone(tx, { type: 'account', id: 'gone', reason: 'deleted', merged_into: null }));
  server.answer = (request) => answerPush(request, () => ({ status: 'duplicate', row: { store: 'contacts', value: { id, account_id: 'gone', name: '担当', version: 1, change_seq: 21 } } }));
  await push(phone, courierTo(server));
  expect([await phone.db.count('outbox'), await phone.db.count('contacts')]).toEqual([0, 0]);
  phone.close();
  await server.close();
});
