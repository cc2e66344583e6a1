/** The app on a phone without its screens: store, connection and rounds, put together as main.ts does. */
import { unwrap } from 'idb';
import { connect, request, type Connection } from '../core/http';
import { parseSession } from '../core/session';
import { openStore, type Store } from '../store/store';
import { batchCourier } from '../sync/courier';
import { deviceId } from '../sync/operations';
import { readmit } from '../sync/quarantine';
import { sendAndReceive } from '../sync/round';
import type { Life } from './life';

export interface RunningApp {
  store: Store;
  device_id: string;
  /** Send and fetch once; says how it ended (`done` when nothing stood in the way). Never throws for what the network does. */
  round(): Promise<string>;
  isSignedOut(): boolean;
  /** After a new sign-in: fetch the session and its token. */
  signedIn(): Promise<void>;
  /** How many operations still wait to be sent (refused ones do not). */
  waiting(): Promise<number>;
  /** Every operation that is still on this phone, for whatever reason. */
  kept(): Promise<string[]>;
}

export interface AppOptions {
  factory: IDBFactory;
  name: string;
  user_id: string;
  life: Life;
  fetch: Connection['fetch'];
  now: () => number;
  /** Planted bug: see tests/simulator/planted.py. */
  planted?: string;
}

/** Several phones of this process never share a lock; two tabs of one phone do. */
function locksOf(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<unknown>>();
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const mine = (running.get(name) ?? Promise.resolve()).then(work, work);
    running.set(name, mine.catch(() => undefined));
    return mine;
  };
}

export async function startApp({ factory, name, user_id, life, fetch, now, planted }: AppOptions): Promise<RunningApp> {
  const store = await openStore(name, { factory, locks: locksOf() });
  life.adopt(unwrap(store.db));
  await readmit(store);
  const via = connect({ origin: '', fetch, now });
  via.device_id = await deviceId(store);
  let isSignedOut = false;

  async function renew(): Promise<boolean> {
    const session = await request('GET', '/api/session', parseSession, { via }).catch(() => null);
    if (!session) return false;
    via.csrf_token = session.csrf_token;
    return true;
  }

  const honest = batchCourier({ via, device_id: via.device_id, renew });
  const courier = planted === 'delete_before_receipt' ? { ...honest, deliver: deleting(store, honest) } : honest;

  return {
    store,
    device_id: via.device_id,
    async round() {
      if (!via.csrf_token) await renew();
      const { end } = await sendAndReceive({ store, courier, via, user_id }).catch((error: unknown) => ({ end: endOf(error) }));
      isSignedOut = end === 'signed_out';
      return end;
    },
    isSignedOut: () => isSignedOut,
    async signedIn() {
      isSignedOut = false;
      await renew();
    },
    waiting: async () => (await store.db.getAll('outbox')).filter((operation) => !operation.refusal).length,
    kept: async () => {
      const outbox = (await store.db.getAll('outbox')).map((operation) => operation.op_id);
      const aside = (await store.db.getAll('quarantine')).map(({ value }) => (typeof value === 'object' && value && 'op_id' in value ? String(value.op_id) : ''));
      return [...outbox, ...aside];
    },
  };
}

/** What faults do is expected here; a fault of the code itself is not, and breaks the history. */
function endOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if ('status' in error && error.status === 401) return 'signed_out';
  const isExpected = 'status' in error || ['Unreachable', 'StorageFull', 'QuotaExceededError', 'Dead', 'AbortError', 'InvalidStateError'].includes(error.name);
  if (!isExpected) throw error;
  return error.name;
}

/** The planted bug: what is being sent leaves the outbox before the server has said anything. */
function deleting(store: Store, honest: ReturnType<typeof batchCourier>): typeof honest.deliver {
  return async (batch) => {
    for (const { seq } of batch) if (seq !== undefined) await store.db.delete('outbox', seq);
    return honest.deliver(batch);
  };
}
