import { openDB } from 'idb';
import { IDBFactory } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { toRow } from '../accounts/rules';
import { account, keep, listed, openPhone } from '../testing/world';
import { MIGRATIONS } from './migrations';
import { packIfNeeded, packRows, readRows, unpackRows } from './pack';
import { removeRow, write } from './rows';
import { openStore } from './store';

test('rows come out of a pack as they went in', () => {
  const rows = [
    account({ name: '青葉\u001f病院', name_kana: 'アオバ', tags: ['重点', 'A\u001eB'], lon: 139.7, lat: 35.6, precision: 'exact', win_prob: 0, rank: 'A', phones: [{ number: '+81312345678' }] }),
    account({ name: '若葉', status: 6, due_on: '2026-11-01', last_visit_at: '2026-10-01T01:02:03Z', last_outcome: 2 }),
  ].map(toRow);
  const plain = rows.map((row) => JSON.parse(JSON.stringify(row).replaceAll('\\u001f', ' ').replaceAll('\\u001e', ' ')) as unknown);
  expect(unpackRows(packRows(rows))).toEqual(plain);
});

test('changed and removed rows are laid over the packs, and packed with them when there are many', async () => {
  const store = await openPhone();
  const many = Array.from({ length: 2_300 }, (_, index) => account({ id: `id-${String(index).padStart(5, '0')}`, name: `顧客 ${index}` }));
  await keep(store, ...many);
  await packIfNeeded(store);
  expect([await store.db.count('account_packs'), await store.db.count('account_rows')]).toEqual([2, 0]);
  await keep(store, { ...many[7]!, name: '新しい名' });
  await write(store, ['id-00008'], (tx) => removeRow(tx, 'accounts', 'id-00008'));
  const rows = await readRows(store);
  expect([rows.size, rows.get('id-00007')?.name, rows.has('id-00008')]).toEqual([2_299, '新しい名', false]);
  store.close();
});

test('a store of the first build is migrated with all that waits in it', async () => {
  const old = await openDB('old', 1, { upgrade: (db, _from, _to, tx) => MIGRATIONS[0]?.(db as never, tx as never) });
  await old.add('outbox', { op_id: 'o', type: 'task.update' });
  await old.put('receipts', { op_id: 'r', type: 'task.update', sent_at: '2026-11-22T00:00:00Z' });
  await old.put('account_rows', toRow(account({ id: 'a' })));
  old.close();
  const store = await openStore('old');
  expect(await store.db.getAll('outbox')).toMatchObject([{ op_id: 'o', seq: 1, survivor_id: null }]);
  expect(await store.db.getAll('receipts')).toMatchObject([{ op_id: 'r', status: 'applied', notes: [] }]);
  expect(await listed(store)).toEqual(['a']);
  store.close();
});

test('two phones in one process share nothing', async () => {
  const phones = await Promise.all([1, 2].map(() => openStore('same', { factory: new IDBFactory() })));
  await keep(phones[0]!, account({ id: 'a' }));
  expect(await listed(phones[0]!)).toEqual(['a']);
  expect(await listed(phones[1]!)).toEqual([]);
  for (const phone of phones) phone.close();
});
