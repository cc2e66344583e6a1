import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../store/store';
import { openPhone } from '../testing/world';
import { startServer } from '../testing/server';
import { connect } from '../core/http';
import type { Courier, Delivery } from './courier';
import { backoffMs, startEngine } from './engine';
import { NO_STATE, type Engine } from './state';
import { outcomeOf } from './outbox';
import { updateAccount } from '../accounts/actions';
import { answerPush, changes, courierTo, lineTo, part } from '../testing/sync';
import { account, author, keep } from '../testing/world';

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

test('pauses double up to five minutes, jittered', () => {
  const middle = (failures: number) => backoffMs(failures, () => 0.5);
  engine = { stop: () => undefined, sync: async () => undefined, state: { get: () => NO_STATE, subscribe: () => () => undefined } };
  expect([0, 1, 2, 3, 20].map(middle)).toEqual([20_000, 2_000, 4_000, 8_000, 300_000]);
  expect(backoffMs(3, () => 0)).toBe(4_000);
});
