import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../store/store';
import { openPhone } from '../testing/world';
import { startServer, type Received, type TestServer } from '../testing/server';
import { connect } from '../core/http';
import type { Courier, Delivery } from './courier';
import { backoffMs, startEngine } from './engine';
import { NO_STATE, type Engine } from './state';
import { outcomeOf } from './outbox';
import { updateAccount } from '../accounts/actions';
import { answerPush, changes, courierTo, lineTo, part } from '../testing/sync';
import { account, author, keep, keptBlob } from '../testing/world';
import { parseAttachment } from '../visits/wire';

const RECEIPT: Delivery = { kind: 'receipt', status: 'applied', rows: [], notes: [], conflict_ids: [] };
const nowhere = connect({ fetch: () => Promise.reject(new Error('no network')) });

let store: Store;
let engine: Engine;
const a = account({ id: 'a' });

beforeEach(async () => {
  store = await openPhone();
  await keep(store, a);
});
afterEach(() => {
  engine.stop();
  store.close();
});

describe('the engine', () => {
  test('an operation saved while another is being sent is sent too, without a new call from outside', async () => {
    const sent: string[] = [];
    const courier: Courier = {
      batch_size: 1,
      async deliver([operation]) {
        sent.push(operation?.op_id ?? '');
        if (sent.length === 1) {
          await updateAccount(store, 'a', { changes: { rank: 'B' }, by: author() });
          void engine.sync();
        }
        return [RECEIPT];
      },
    };
    engine = startEngine({ store, courier, via: nowhere, onSignedOut: () => undefined });
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    await engine.sync();
    expect(sent).toHaveLength(2);
    expect(await store.db.count('outbox')).toBe(0);
  });

  test('asked during the very last step, it goes round once more', async () => {
    let rounds = 0;
    const saidWhileWorking: boolean[] = [];
    const courier: Courier = { batch_size: 1, deliver: async () => [{ kind: 'later', reason: 'unreachable', detail: '' }] };
    engine = startEngine({ store, courier, via: nowhere, onSignedOut: () => undefined });
    engine.state.subscribe(({ phase, is_cut_off }) => {
      if (phase === 'working') saidWhileWorking.push(is_cut_off);
      if (phase === 'unreachable') {
        rounds += 1;
        if (rounds === 1) void engine.sync();
      }
    });
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    await engine.sync();
    expect(rounds).toBe(2);
    // The line that says "offline" must not blink at every try.
    expect(saidWhileWorking.filter((said, at) => said !== saidWhileWorking[at - 1])).toEqual([false, true]);
    expect(await store.db.count('outbox')).toBe(1);
  });

  test('what is saved during a long fetch is sent at once', async () => {
    const server = await startServer();
    let release = () => undefined as void;
    const isHeld = new Promise<void>((resolve) => (release = resolve));
    server.answer = async (request) => {
      if (request.method === 'POST') return answerPush(request);
      await isHeld;
      return request.path.includes('snapshot') ? part({}) : changes();
    };
    engine = startEngine({ store, courier: courierTo(server), via: lineTo(server), onSignedOut: () => undefined });
    const whole = engine.sync();
    while (!server.received.some((request) => request.method === 'GET')) await new Promise((resolve) => setTimeout(resolve, 5));
    const { op_id } = await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    void engine.sync();
    expect((await outcomeOf(store, op_id, 3_000)).kind).toBe('sent');
    release();
    await whole;
    await server.close();
  });

  test('a session that has ended is told once and nothing is lost', async () => {
    let told = 0;
    const courier: Courier = { batch_size: 1, deliver: async () => [{ kind: 'later', reason: 'signed_out', detail: '' }] };
    engine = startEngine({ store, courier, via: nowhere, onSignedOut: () => (told += 1) });
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    await engine.sync();
    expect([told, engine.state.get().phase, await store.db.count('outbox')]).toEqual([1, 'signed_out', 1]);
  });
});

describe('what the screens are told', () => {
  async function servedBy(answer: TestServer['answer']): Promise<TestServer> {
    const server = await startServer();
    server.answer = answer;
    return server;
  }
  const whole = (request: Received) => (request.method === 'POST' ? answerPush(request) : request.path.includes('snapshot') ? part({}) : changes({ cursor: 5 }));

  test('how much of the outbox is sent, and when the last of it was', async () => {
    const server = await servedBy(whole);
    await keep(store, a);
    for (const rank of ['A', 'B', 'C']) await updateAccount(store, 'a', { changes: { rank }, by: author() });
    engine = startEngine({ store, courier: courierTo(server), via: lineTo(server), onSignedOut: () => undefined });
    const told: (string | null)[] = [];
    engine.state.subscribe(({ sending }) => told.push(sending && `${sending.done}/${sending.total}`));
    await engine.sync();
    expect(told).toContain('0/3');
    expect(engine.state.get()).toMatchObject({ phase: 'idle', sending: null, loading: null, clock_off_ms: null });
    expect(Date.now() - Date.parse(engine.state.get().all_sent_at ?? '')).toBeLessThan(60_000);
    await server.close();
  });

  test('that all is sent only when the bytes of attachments are there too', async () => {
    const server = await servedBy(whole);
    await store.db.put('blobs', keptBlob('photo'));
    const said = { id: 'photo', account_id: 'a', kind: 'photo', name: '外観.jpg', media_type: 'image/jpeg', size_bytes: 3, sha256: '0' };
    await store.db.put('attachments', parseAttachment(said, 'attachment'));
    const carry = async () => {
      const kept = await store.db.get('blobs', 'photo');
      if (kept) await store.db.put('blobs', { ...kept, stored_at: '2026-11-22T00:00:00Z' });
      return true;
    };
    const before: (string | null)[] = [];
    engine = startEngine({ store, courier: courierTo(server), via: lineTo(server), onSignedOut: () => undefined, carry: async () => (before.push(engine.state.get().all_sent_at), carry()) });
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    await engine.sync();
    expect(before).toEqual([null]);
    expect(engine.state.get().all_sent_at).not.toBeNull();
    await server.close();
  });

  test('that the clock of the phone is two days off', async () => {
    const server = await servedBy(whole);
    const now = () => Date.now() - 2 * 86_400_000;
    engine = startEngine({ store, courier: courierTo(server), via: { ...lineTo(server), now }, onSignedOut: () => undefined });
    await engine.sync();
    expect(Math.round((engine.state.get().clock_off_ms ?? 0) / 86_400_000)).toBe(2);
    await server.close();
  });

  test('that the administrator wants the phone emptied: after everything was sent', async () => {
    const server = await servedBy((request) => (request.method === 'POST' ? answerPush(request) : { status: 410, body: { code: 'device_wiped', title: 'gone' } }));
    let unsent = -1;
    engine = startEngine({ store, courier: courierTo(server), via: lineTo(server), onSignedOut: () => undefined, onWiped: () => void store.db.count('outbox').then((count) => (unsent = count)) });
    await updateAccount(store, 'a', { changes: { rank: 'A' }, by: author() });
    await engine.sync();
    await expect.poll(() => unsent).toBe(0);
    expect(engine.state.get().phase).toBe('wiped');
    await server.close();
  });
});

test('pauses double up to five minutes, jittered', () => {
  const middle = (failures: number) => backoffMs(failures, () => 0.5);
  engine = { stop: () => undefined, sync: async () => undefined, state: { get: () => NO_STATE, subscribe: () => () => undefined } };
  expect([0, 1, 2, 3, 20].map(middle)).toEqual([20_000, 2_000, 4_000, 8_000, 300_000]);
  expect(backoffMs(3, () => 0)).toBe(4_000);
});
