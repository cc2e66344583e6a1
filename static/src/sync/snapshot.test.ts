import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAccount, updateAccount } from '../accounts/actions';
import { NO_FILTER } from '../accounts/rules';
import { parseContact } from '../accounts/wire';
import { createAccountsIndex } from '../accounts';
import type { Store } from '../store/store';
import { dyingAt } from '../testing/death';
import { startServer, type Received, type TestServer } from '../testing/server';
import { answerPush, changes, courierTo, lineTo, part } from '../testing/sync';
import { account, author, keep, listed, ME, openPhone } from '../testing/world';
import { parseActivity } from '../visits/wire';
import { sendAndReceive, type RoundReport } from './round';
import { FIRST_ROWS } from './state';
import { beginSnapshot, holdsAll, snapshotPlace } from './snapshot';

let server: TestServer;
let store: Store;
const a = account({ id: 'a', name: '青葉', version: 3, change_seq: 2, notes: '詳細' });
const b = account({ id: 'b', name: '若葉', version: 1, change_seq: 3 });
const contact = (id: string, account_id: string) => ({ id, account_id, name: '田中', version: 1, change_seq: 2 });
const activity = (id: string, account_id = 'a') => ({ id, account_id, user_id: ME, channel: 'visit', occurred_at: '2026-11-01T00:00:00Z', version: 1, change_seq: 2 });
const row = ({ id, name, kind, status, version }: typeof a) => ({ id, name, kind, status, version });

beforeEach(async () => {
  server = await startServer();
  store = await openPhone();
});
afterEach(async () => {
  await server.close();
  store.close();
});

const queryOf = (request: Received) => new URL(request.path, server.origin).searchParams;
const partsAsked = () => server.received.filter((request) => request.path.includes('snapshot')).map((request) => [queryOf(request).get('part'), queryOf(request).get('after')]);
const round = (report?: (news: Partial<RoundReport>) => void) => sendAndReceive({ store, courier: courierTo(server), via: lineTo(server), user_id: ME, ...(report ? { report } : {}) });

/** Dies early again and again, then ever later. */
const patience = (deaths: number) => (deaths < 40 ? deaths % 8 : deaths - 32);

/** A server with two accounts, their people and activities on two pages. */
function serve(request: Received) {
  if (request.method === 'POST') return answerPush(request);
  if (!request.path.includes('snapshot')) return changes({ cursor: Math.max(5, Number(queryOf(request).get('cursor'))) });
  switch (queryOf(request).get('part')) {
    case 'rows':
      return part({ accounts: [a, b].map(row) });
    case 'details':
      return part({ accounts: [a, b], contacts: [contact('c', 'a')], tasks: [], conflicts: [], attachments: [] });
    default:
      return queryOf(request).get('after') ? part({ activities: [activity('v1')] }) : part({ activities: [activity('v2', 'b')] }, { next: 'page2' });
  }
}

describe('the first load', () => {
  test('comes in three parts; after the first the lists are there', async () => {
    server.answer = serve;
    const seen: string[] = [];
    let atRows: string[] = [];
    store.onChange(({ stores }) => {
      if (stores.includes('account_packs')) void listed(store).then((ids) => (atRows = ids));
    });
    await round(({ loading }) => loading !== undefined && seen.push(String(loading)));
    expect(server.received.find((request) => request.path.includes('snapshot'))?.path).toBe(FIRST_ROWS);
    expect(partsAsked()).toEqual([['rows', null], ['details', null], ['activities', null], ['activities', 'page2']]);
    expect(queryOf(server.received.filter((request) => request.path.includes('snapshot'))[1]!).get('cursor')).toBe('5');
    expect(seen).toEqual(['rows', 'details', 'activities', 'activities', 'null']);
    expect(atRows).toEqual(['a', 'b']);
    expect(await store.db.get('accounts', 'a')).toMatchObject({ notes: '詳細' });
    expect([await store.db.count('contacts'), await store.db.count('activities'), await store.db.count('account_rows')]).toEqual([1, 2, 0]);
    expect([await snapshotPlace(store), await holdsAll(store)]).toEqual([null, true]);
    const index = createAccountsIndex();
    const stop = index.follow(store);
    await new Promise<void>((resolve) => index.subscribe(({ is_loaded }) => is_loaded && resolve()));
    expect(index.filtered({ ...NO_FILTER, q: 'わか' }, { user_id: ME, team_ids: [], today: '2026-11-22', timezone: 'Asia/Tokyo' })).toEqual([]);
    expect(index.filtered({ ...NO_FILTER, q: '若葉' }, { user_id: ME, team_ids: [], today: '2026-11-22', timezone: 'Asia/Tokyo' }).map(({ id }) => id)).toEqual(['b']);
    stop();
  });

  test('killed at any write, it goes on where it was, and ends with everything', async () => {
    server.answer = serve;
    let deaths = 0;
    while (await dyingAt(store, patience(deaths), () => round())) {
      deaths += 1;
      expect(deaths).toBeLessThan(200);
    }
    expect([await listed(store), await store.db.count('accounts'), await store.db.count('activities')]).toEqual([['a', 'b'], 2, 2]);
  });

  test('a lost connection in the middle costs one page, not all', async () => {
    server.answer = (request) => (queryOf(request).get('after') ? { isLost: true } : serve(request));
    await expect(round()).rejects.toThrow();
    server.answer = serve;
    await round();
    expect(partsAsked().slice(-2)).toEqual([['activities', 'page2'], ['activities', 'page2']]);
    expect(await store.db.count('activities')).toBe(2);
  });

  test('what a colleague changes while it comes in is not covered by the older row', async () => {
    server.answer = (request) => {
      if (request.path.includes('pull') && queryOf(request).get('cursor') === '5') return changes({ cursor: 9, accounts: [{ ...a, name: '青葉（新）', version: 4, change_seq: 9 }] });
      return serve(request);
    };
    await round();
    expect(await store.db.get('accounts', 'a')).toMatchObject({ name: '青葉（新）', version: 4 });
  });

  test('more than a phone holds: it says so', async () => {
    server.answer = (request) => (queryOf(request).get('part') === 'rows' ? part({ accounts: [row(a)] }, { is_partial: true, total: 30_000, working_set: 'edge' }) : serve(request));
    await round();
    expect(await holdsAll(store)).toBe(false);
    const later = server.received.filter((request) => request.path.includes('part=details'));
    expect(queryOf(later[0]!).get('working_set')).toBe('edge');
  });
});

describe('a load anew', () => {
  const reset = (request: Received) => (request.path.includes('pull') && queryOf(request).get('reach') === 'old' ? { body: { reset: true, cursor: 5, reach: 'r' } } : serve(request));

  beforeEach(async () => {
    await keep(store, a, account({ id: 'x', name: 'もう見えない', version: 2, change_seq: 1 }));
    await store.db.put('meta', 1, 'cursor');
    await store.db.put('meta', 'old', 'reach');
    for (const item of [activity('gone'), activity('v1'), activity('of-x', 'x')]) await store.db.put('activities', parseActivity(item, ''));
    await store.db.put('contacts', parseContact(contact('stale', 'a'), ''));
  });

  test('drops every row that is not in it, and nothing that is unsent', async () => {
    const made = await createAccount(store, { name: '新規' }, { by: author() });
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    server.answer = (request) => (request.method === 'POST' ? { status: 503 } : reset(request));
    await round();
    expect(await store.db.count('outbox')).toBe(2);
    server.answer = (request) => (request.method === 'POST' ? answerPush(request, () => ({ status: 'blocked' })) : reset(request));
    await round();
    expect(await listed(store)).toEqual(['a', 'b', made.id].sort());
    expect(await store.db.getAllKeys('activities')).toEqual(['v1', 'v2']);
    expect(await store.db.getAllKeys('contacts')).toEqual(['c']);
    expect(await store.db.get('accounts', 'a')).toMatchObject({ rank: 'A' });
    expect(await store.db.count('outbox')).toBe(2);
  });

  test('brings the later stamp of a row that has not changed otherwise, and never an earlier one', async () => {
    await store.db.put('activities', parseActivity({ ...activity('v1'), change_seq: 1 }, ''));
    await store.db.put('contacts', parseContact({ ...contact('c', 'a'), change_seq: 4 }, ''));
    server.answer = reset;
    await round();
    expect([await store.db.get('activities', 'v1'), await store.db.get('contacts', 'c')]).toMatchObject([{ change_seq: 2 }, { change_seq: 4 }]);
  });

  test('shows what is unsent on top of the new rows at once', async () => {
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    server.answer = (request) => (request.method === 'POST' ? answerPush(request, () => ({ status: 'blocked' })) : reset(request));
    const index = createAccountsIndex();
    const stop = index.follow(store);
    const shown: (string | null | undefined)[] = [];
    index.subscribe(({ is_loaded }) => is_loaded && shown.push(index.find('a')?.rank));
    await round();
    await expect.poll(() => index.find('x')).toBeUndefined();
    expect([index.find('a')?.rank, index.find('b')?.name, new Set(shown)]).toEqual(['A', '若葉', new Set(['A'])]);
    stop();
  });

  test('killed at any write, it ends with the same', async () => {
    server.answer = reset;
    let deaths = 0;
    while (await dyingAt(store, patience(deaths), () => round())) {
      deaths += 1;
      expect(deaths).toBeLessThan(200);
    }
    expect([await listed(store), await store.db.getAllKeys('accounts'), await store.db.getAllKeys('activities'), await store.db.getAllKeys('contacts')]).toEqual([['a', 'b'], ['a', 'b'], ['v1', 'v2'], ['c']]);
  });

  test('asked for by the phone itself, it keeps what is there until the new rows say that it goes', async () => {
    await beginSnapshot(store);
    server.answer = () => ({ isLost: true });
    await expect(round()).rejects.toThrow();
    expect(await listed(store)).toEqual(['a', 'x']);
  });
});
