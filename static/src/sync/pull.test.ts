import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountsIndex, createAccountsIndex } from '../accounts';
import { updateAccount } from '../accounts/actions';
import { NO_FILTER } from '../accounts/rules';
import { UnreadableError } from '../core/parse';
import type { Store } from '../store/store';
import { account, author, keep, listed, ME, openPhone } from '../testing/world';
import { startServer, type TestServer } from '../testing/server';
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

const fetchAll = () => pull(store, { origin: server.origin });

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

  test('a page with a row that cannot be read is not stored by half', async () => {
    server.answer = () => page({ accounts: [a, { ...b, status: 'three' }] });
    await expect(fetchAll()).rejects.toThrow(UnreadableError);
    expect(await store.db.count('accounts')).toBe(0);
    expect(await store.db.get('meta', 'cursor')).toBeUndefined();
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
  expect(index.filtered({ ...NO_FILTER, q: 'わか' }, { user_id: ME, team_ids: [], today: '2026-11-22' })).toEqual([]);
  expect(index.filtered({ ...NO_FILTER, q: '若葉' }, { user_id: ME, team_ids: [], today: '2026-11-22' }).map((row) => row.id)).toEqual(['b']);
  expect(index.find('a')?.name).toBe('青葉');
  expect(accountsIndex.get().is_loaded).toBe(false);
  stop();
});
