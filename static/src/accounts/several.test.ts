import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../store/store';
import { account, ANOTHER, author, keep, ME, openPhone } from '../testing/world';
import { owned, restoreSeveral, tagged, untagged, updateSeveral } from './several';

let store: Store;
const by = author();
const ids = ['a', 'b', 'c'];

beforeEach(async () => {
  store = await openPhone();
  await keep(
    store,
    account({ id: 'a', owner_id: ME, team_id: 'east', tags: ['重点'], version: 4 }),
    account({ id: 'b', owner_id: null, team_id: 'east', tags: [] }),
    account({ id: 'c', owner_id: ANOTHER, team_id: 'west', tags: ['展示会', '重点'] }),
  );
});
afterEach(() => store.close());

const owners = async () => (await store.db.getAll('accounts')).map((row) => [row.id, row.owner_id, row.team_id]);

test('a new owner takes the accounts along to their team, with a message for each that changes', async () => {
  await updateSeveral(store, ids, { change: owned({ id: ANOTHER, team_ids: ['west', 'north'] }), by });
  expect(await owners()).toEqual([
    ['a', ANOTHER, 'north'],
    ['b', ANOTHER, 'north'],
    ['c', ANOTHER, 'north'],
  ]);
  const [first, ...others] = await store.db.getAll('outbox');
  expect(first).toMatchObject({ type: 'account.update', entity_id: 'a', base_version: 4, body: { owner_id: ANOTHER, team_id: 'north' }, recorded_at: by.now.toISOString() });
  expect(others.map((item) => [item.entity_id, item.body])).toEqual([
    ['b', { owner_id: ANOTHER, team_id: 'north' }],
    ['c', { team_id: 'north' }],
  ]);
});

test('taken back, each has the owner and team it had', async () => {
  const former = await updateSeveral(store, ids, { change: owned({ id: ANOTHER, team_ids: ['north'] }), by });
  await restoreSeveral(store, former, by);
  expect(await owners()).toEqual([
    ['a', ME, 'east'],
    ['b', null, 'east'],
    ['c', ANOTHER, 'west'],
  ]);
});

test('without an owner an account stays with its team', async () => {
  await updateSeveral(store, ['a'], { change: owned(null), by });
  expect((await owners())[0]).toEqual(['a', null, 'east']);
});

test('a tag is added once and taken off where it is; what stays the same is not sent', async () => {
  const added = await updateSeveral(store, ids, { change: tagged('重点'), by });
  expect([...added.keys()]).toEqual(['b']);
  const removed = await updateSeveral(store, ids, { change: untagged('重点'), by });
  expect(removed).toEqual(new Map([['a', { tags: ['重点'] }], ['b', { tags: ['重点'] }], ['c', { tags: ['展示会', '重点'] }]]));
  expect((await store.db.getAll('accounts')).map((item) => item.tags)).toEqual([[], [], ['展示会']]);
  expect(await store.db.count('outbox')).toBe(4);
});

test('one that is gone or deleted is passed over', async () => {
  await keep(store, account({ id: 'd', deleted_at: '2026-11-21T00:00:00Z' }));
  expect([...(await updateSeveral(store, ['a', 'd', 'nowhere'], { change: tagged('新'), by })).keys()]).toEqual(['a']);
});

test('all or nothing: a failure in the middle leaves no trace', async () => {
  const change = (item: { id: string }) => {
    if (item.id === 'c') throw new Error('no');
    return { rank: 'A' };
  };
  await expect(updateSeveral(store, ids, { change, by })).rejects.toThrow('no');
  expect([await store.db.count('outbox'), (await store.db.get('accounts', 'a'))?.rank]).toEqual([0, null]);
});
