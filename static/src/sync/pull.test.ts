import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountsIndex, createAccountsIndex } from '../accounts';
import { updateAccount } from '../accounts/actions';
import { NO_FILTER } from '../accounts/rules';
import { addStop } from '../planning/stops';
import type { Store } from '../store/store';
import { dyingAt } from '../testing/death';
import { account, ANOTHER, author, keep, listed, ME, openPhone } from '../testing/world';
import { startServer, type TestServer } from '../testing/server';
import { lineTo } from '../testing/sync';
import { keepDraft, newDraft, readDraft } from '../visits/draft';
import { logVisit } from '../visits/actions';
import { messageOf } from './courier';
import { takeNews } from './news';
import { pull } from './pull';

let server: TestServer;
let store: Store;
const a = account({ id: 'a', name: '青葉', version: 1 });
const b = account({ id: 'b', name: '若葉', version: 1 });
const page = (fields: Record<string, unknown>) => ({ body: { cursor: 1, more: false, ...fields }, headers: { ETag: '"7"' } });

beforeEach(async () => {
  server = await startServer();
  store = await openPhone();
});
afterEach(async () => {
  await server.close();
  store.close();
});

const fetchAll = () => pull(store, { via: lineTo(server), user_id: ME });

describe('fetching', () => {
  test('takes page after page and remembers where it was', async () => {
    server.answer = (request) => (request.path.includes('cursor=0&') ? page({ cursor: 5, more: true, accounts: [a] }) : page({ cursor: 9, accounts: [b] }));
    expect(await fetchAll()).toBe(2);
    server.answer = () => ({ status: 304 });
    expect(await fetchAll()).toBe(0);
    expect(server.received.map((request) => new URL(request.path, server.origin).searchParams.get('cursor'))).toEqual(['0', '5', '9']);
    expect(server.received[2]?.headers['if-none-match']).toBe('"7"');
    expect(await store.db.count('accounts')).toBe(2);
  });

  test('a page that breaks half-way leaves the pages before it', async () => {
    server.answer = (request) => (request.path.includes('cursor=0&') ? page({ cursor: 5, more: true, accounts: [a] }) : { isLost: true });
    await expect(fetchAll()).rejects.toThrow();
    expect(await store.db.getAllKeys('accounts')).toEqual(['a']);
    expect(await store.db.get('meta', 'cursor')).toBe(5);
  });

  test('a row that cannot be read is put aside as it came, and the others do not wait for it', async () => {
    server.answer = () => page({ accounts: [a, { ...b, status: 'three' }] });
    await fetchAll();
    expect(await store.db.getAllKeys('accounts')).toEqual(['a']);
    expect(await store.db.getAll('quarantine')).toMatchObject([{ store: 'accounts', reason: 'accounts.status: expected number', value: { id: 'b', status: 'three' } }]);
  });

  test('killed at any write, a page is there whole or not at all', async () => {
    server.answer = () => page({ cursor: 5, accounts: [a, b] });
    for (let at = 0; await dyingAt(store, at, fetchAll); at += 1) {
      expect([await store.db.count('accounts'), await store.db.get('meta', 'cursor')]).toEqual([0, undefined]);
    }
    expect([await store.db.count('accounts'), await store.db.get('meta', 'cursor')]).toEqual([2, 5]);
  });

  test('what others changed is news until it is looked at; one’s own doings are none', async () => {
    await keep(store, a);
    const by = (user_id: string, id: string) => ({ id, account_id: 'a', user_id, channel: 'visit', occurred_at: '2026-11-01T00:00:00Z', version: 1 });
    server.answer = () => page({ accounts: [{ ...a, version: 2, rank: 'B', lon: 139.7, lat: 35.6, due_on: '2026-12-01' }, b], activities: [by(ME, 'mine'), by(ANOTHER, 'theirs')] });
    await fetchAll();
    expect(await store.db.getAll('news')).toMatchObject([{ account_id: 'a', by: ANOTHER, fields: ['rank', 'position', 'activities'] }]);
    expect(await takeNews(store, 'a')).toMatchObject({ account_id: 'a' });
    expect(await takeNews(store, 'a')).toBeNull();
  });

  test('a number whose fields come in another order is no news', async () => {
    const c = account({ id: 'c', phones: [{ number: '+81312345678', label: '代表' }] });
    await keep(store, c);
    server.answer = () => page({ accounts: [{ ...c, version: 2, phones: [{ label: '代表', number: '+81312345678' }] }] });
    await fetchAll();
    expect(await store.db.get('accounts', 'c')).toMatchObject({ version: 2 });
    expect(await store.db.getAll('news')).toEqual([]);
  });

  test('a merged account leaves, and what was begun or unsent there moves to the survivor', async () => {
    await keep(store, a, b);
    const { input } = newDraft(a, { outcome: 1, now: new Date() });
    await keepDraft(store, { input: { ...input, note: '書きかけ' }, next_step: 'none', is_touched: true, attachments: [] });
    const sent = newDraft(a, { outcome: 1, now: new Date() }).input;
    await logVisit(store, { ...sent, note: '未送信', win_prob: 70 }, { by: author(), draft_key: null });
    const [before] = await store.db.getAll('outbox');
    await addStop(store, 'a', '2026-11-22');
    server.answer = () => page({ accounts: [{ ...b, version: 2, win_prob: 10 }], gone: [{ type: 'account', id: 'a', reason: 'merged', merged_into: 'b' }] });
    await fetchAll();
    expect(await listed(store)).toEqual(['b']);
    expect((await readDraft(store, 'b'))?.input).toMatchObject({ account_id: 'b', note: '書きかけ' });
    expect(await readDraft(store, 'a')).toBeNull();
    expect(await store.db.getAll('activities')).toMatchObject([{ id: sent.id, account_id: 'b', note: '未送信' }]);
    expect(await store.db.getAll('stops')).toMatchObject([{ account_id: 'b' }]);
    expect(await store.db.get('accounts', 'b')).toMatchObject({ win_prob: 70, version: 2 });
    // The message is the same at every try, or the server would take it for another.
    const [after] = await store.db.getAll('outbox');
    expect(after && messageOf(after, '')).toEqual(before && messageOf(before, ''));
    expect(after?.survivor_id).toBe('b');
  });

  test('a merged account’s half-written visit does not push out the one begun at the survivor', async () => {
    await keep(store, a, b);
    for (const [at, note] of [[a, '甲'], [b, '乙']] as const) {
      await keepDraft(store, { input: { ...newDraft(at, { outcome: 1, now: new Date() }).input, note }, next_step: 'none', is_touched: true, attachments: [] });
    }
    server.answer = () => page({ gone: [{ type: 'account', id: 'a', reason: 'merged', merged_into: 'b' }] });
    await fetchAll();
    expect((await readDraft(store, 'b'))?.input).toMatchObject({ account_id: 'b', note: '乙\n甲' });
  });

  test('unsent changes stay on top; other fields become the server’s', async () => {
    await keep(store, a);
    await updateAccount(store, 'a', { changes: { name: '青葉（変更）' }, by: author() });
    server.answer = () => page({ accounts: [{ ...a, name: '他の人の変更', rank: 'B', version: 3 }] });
    await fetchAll();
    expect(await store.db.get('accounts', 'a')).toMatchObject({ name: '青葉（変更）', rank: 'B', version: 3 });
  });

  test('an older version that arrives late is left alone', async () => {
    await keep(store, { ...a, name: '新', version: 4 });
    server.answer = () => page({ accounts: [{ ...a, name: '旧', version: 3 }] });
    await fetchAll();
    expect((await store.db.get('accounts', 'a'))?.name).toBe('新');
  });

  test('what is no longer in sight leaves with all that hangs on it; unsent work stays', async () => {
    const activity = { id: 'v', account_id: 'a', user_id: ME, channel: 'visit', occurred_at: '2026-11-01T00:00:00Z', version: 1 };
    const contact = { id: 'c', account_id: 'a', name: '田中', version: 1 };
    server.answer = () => page({ accounts: [a, b], activities: [activity], contacts: [contact] });
    await fetchAll();
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    server.answer = () => page({ cursor: 2, gone: [{ type: 'account', id: 'a' }] });
    await fetchAll();
    expect(await store.db.getAllKeys('accounts')).toEqual(['b']);
    expect(await listed(store)).toEqual(['b']);
    expect([await store.db.count('activities'), await store.db.count('contacts')]).toEqual([0, 0]);
    expect(await store.db.count('outbox')).toBe(1);
  });

  test('a deleted account leaves the lists', async () => {
    await keep(store, a);
    server.answer = () => page({ accounts: [{ ...a, version: 2, deleted_at: '2026-11-22T00:00:00Z' }] });
    await fetchAll();
    expect(await listed(store)).toEqual([]);
  });
});

test('the index in memory follows the store', async () => {
  const index = createAccountsIndex();
  const stop = index.follow(store);
  await keep(store, a);
  server.answer = () => page({ accounts: [b] });
  await fetchAll();
  const loaded = await new Promise<number>((resolve) => {
    const unsubscribe = index.subscribe(({ rows }) => {
      if (rows.length === 2) setTimeout(() => (unsubscribe(), resolve(rows.length)));
    });
  });
  expect(loaded).toBe(2);
  expect(index.filtered({ ...NO_FILTER, q: 'わか' }, { user_id: ME, team_ids: [], today: '2026-11-22', timezone: 'Asia/Tokyo' })).toEqual([]);
  expect(index.filtered({ ...NO_FILTER, q: '若葉' }, { user_id: ME, team_ids: [], today: '2026-11-22', timezone: 'Asia/Tokyo' }).map((row) => row.id)).toEqual(['b']);
  expect(index.find('a')?.name).toBe('青葉');
  expect(accountsIndex.get().is_loaded).toBe(false);
  stop();
});
