import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { updateAccount } from '../accounts/actions';
import type { Store } from '../store/store';
import { account, author, keep, openPhone } from '../testing/world';
import type { Operation } from './operations';
import { setAside, takeUpAgain } from './setaside';

let store: Store;

beforeEach(async () => {
  // Out of reach: what is given up is put right from what this phone has.
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
  store = await openPhone();
  await keep(store, account({ id: 'a', web: 'before.example' }));
  await updateAccount(store, 'a', { changes: { web: 'not a site' }, by: author() });
});
afterEach(() => {
  vi.unstubAllGlobals();
  store.close();
});

async function refused(): Promise<Operation> {
  const [operation] = await store.db.getAll('outbox');
  if (!operation) throw new Error('nothing in the outbox');
  const seen = { ...operation, refusal: { status: 422, code: 'invalid', message: '入力に誤り', errors: [], at: '2026-11-22T06:00:00Z' } };
  await store.db.put('outbox', seen);
  return seen;
}

test('a change given up uncovers the server’s value; taken up again it lies on it and needs attention as before', async () => {
  const operation = await refused();
  const kept = await setAside(store, operation, new Date());
  expect(await store.db.get('accounts', 'a')).toMatchObject({ web: 'before.example' });
  expect([await store.db.count('outbox'), await store.db.count('quarantine')]).toEqual([0, 1]);
  await takeUpAgain(store, operation, kept ?? -1);
  expect(await store.db.get('accounts', 'a')).toMatchObject({ web: 'not a site' });
  expect(await store.db.getAll('outbox')).toEqual([operation]);
  expect(await store.db.count('quarantine')).toBe(0);
});

test('taken up twice it is there once, and can be given up again', async () => {
  const operation = await refused();
  const kept = (await setAside(store, operation, new Date())) ?? -1;
  await Promise.all([takeUpAgain(store, operation, kept), takeUpAgain(store, operation, kept)]);
  expect(await store.db.count('outbox')).toBe(1);
  await setAside(store, operation, new Date());
  expect(await store.db.get('accounts', 'a')).toMatchObject({ web: 'before.example' });
});

test('what has left the outbox meanwhile is not put aside', async () => {
  const operation = await refused();
  await store.db.clear('outbox');
  expect(await setAside(store, operation, new Date())).toBeNull();
  expect(await store.db.count('quarantine')).toBe(0);
});
