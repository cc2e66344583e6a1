import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../store/store';
import { account, ANOTHER, author, keep, ME, openPhone } from '../testing/world';
import { parseTask } from '../visits/wire';
import { conflictsOf, openConflicts } from './conflicts';
import { settleConflict } from './settling';
import { parseConflict, type Conflict } from './wire';

let store: Store;
const by = author('2026-11-22T09:00:00Z');

const conflict = (fields: Record<string, unknown> = {}): Conflict =>
  parseConflict(
    {
      id: 'c1', entity: 'account', entity_id: 'h', account_id: 'h', field: 'win_prob', version: 2,
      current_value: 80, current_by: ANOTHER, current_at: '2026-11-22T03:00:00Z',
      other_value: 65, other_by: ME, other_at: '2026-11-22T01:00:00Z',
      ...fields,
    },
    'conflict',
  );

beforeEach(async () => {
  store = await openPhone();
  await keep(store, account({ id: 'h', win_prob: 80, custom: { beds: 120, kind: '一般' } }));
});
afterEach(() => store.close());

async function settle(given: Conflict, choice: 'current' | 'other') {
  await store.db.put('conflicts', given);
  await settleConflict(store, given, { choice, by });
}
const operations = () => store.db.getAll('outbox');

describe('settling', () => {
  test('with the other value shows it at once and leaves one message', async () => {
    await settle(conflict(), 'other');
    expect((await store.db.get('accounts', 'h'))?.win_prob).toBe(65);
    expect(await store.db.get('conflicts', 'c1')).toMatchObject({ settled_at: by.now.toISOString(), settled_by: ME, choice: 'other' });
    const [operation, ...others] = await operations();
    expect(others).toEqual([]);
    expect(operation).toMatchObject({ type: 'conflict.settle', entity_id: 'c1', account_id: 'h', label: 'さくら総合病院', base_version: 2, body: { choice: 'other', seen_version: 1 } });
    expect(operation?.patches).toContainEqual({ store: 'accounts', id: 'h', changes: { win_prob: 65 } });
  });

  test('with the value that stands writes no value', async () => {
    await settle(conflict(), 'current');
    expect((await store.db.get('accounts', 'h'))?.win_prob).toBe(80);
    expect((await operations())[0]?.patches.map((patch) => patch.store)).toEqual(['conflicts']);
  });

  test('once more brings the first value back', async () => {
    await settle(conflict(), 'other');
    await settleConflict(store, conflict(), { choice: 'current', by });
    expect((await store.db.get('accounts', 'h'))?.win_prob).toBe(80);
    expect((await operations()).map((item) => item.body)).toEqual([{ choice: 'other', seen_version: 1 }, { choice: 'current', seen_version: 1 }]);
  });

  test('a place moves the pin, also in the rows of lists and map', async () => {
    await settle(conflict({ field: 'position', other_value: { lon: 139.7, lat: 35.6, source: 'here' } }), 'other');
    expect(await store.db.get('accounts', 'h')).toMatchObject({ lon: 139.7, lat: 35.6, geo_source: 'here', precision: 'exact' });
    expect(await store.db.get('account_rows', 'h')).toMatchObject({ lon: 139.7, lat: 35.6 });
  });

  test('a field of the organisation’s own leaves the others alone', async () => {
    await settle(conflict({ field: 'custom.beds', other_value: 150 }), 'other');
    expect((await store.db.get('accounts', 'h'))?.custom).toEqual({ beds: 150, kind: '一般' });
  });

  test('reaches what hangs on the account', async () => {
    await store.db.put('tasks', parseTask({ id: 't', account_id: 'h', title: '見積', due_on: '2026-11-30' }, 'task'));
    await settle(conflict({ entity: 'task', entity_id: 't', field: 'due_on', other_value: '2026-12-05' }), 'other');
    expect((await store.db.get('tasks', 't'))?.due_on).toBe('2026-12-05');
  });

  test('of something that is not on this phone is left to the server', async () => {
    await settle(conflict({ entity: 'contact', entity_id: 'nobody', field: 'title', other_value: '部長' }), 'other');
    expect((await operations())[0]).toMatchObject({ type: 'conflict.settle' });
    expect((await operations())[0]?.body).toEqual({ choice: 'other' });
    expect(await store.db.count('contacts')).toBe(0);
  });
});

test('those that wait are told newest first; an account tells its settled ones too', async () => {
  await store.db.put('conflicts', conflict({ id: 'old', current_at: '2026-11-20T00:00:00Z', other_at: '2026-11-19T00:00:00Z' }));
  await store.db.put('conflicts', conflict({ id: 'new' }));
  await store.db.put('conflicts', conflict({ id: 'done', settled_at: '2026-11-22T05:00:00Z', choice: 'current', current_at: '2026-11-21T00:00:00Z' }));
  await store.db.put('conflicts', conflict({ id: 'elsewhere', account_id: 'k', settled_at: '2026-11-22T05:00:00Z' }));
  const told = async (of: ReturnType<typeof openConflicts>) => {
    const stop = of.subscribe(() => undefined);
    await expect.poll(() => of.get()).toBeDefined();
    stop();
    return of.get()?.map((item) => item.id);
  };
  expect(await told(openConflicts(store))).toEqual(['new', 'old']);
  expect(await told(conflictsOf(store, 'h'))).toEqual(['new', 'done', 'old']);
});
