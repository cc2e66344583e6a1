/** The app on a phone without its screens: store, connection and rounds, put together as main.ts does. */
import { connect, request, type Connection } from '../core/http';
import { parseSession } from '../core/session';
import { Problem } from '../core/problem';
import { openStore, type Store } from '../store/store';
import { batchCourier } from '../sync/courier';
import { identify, register } from '../sync/device';
import { readmit } from '../sync/quarantine';
import { sendAndReceive } from '../sync/round';
import { storeName } from '../sync/sealed';
import { sendAndWipe, wipe } from '../sync/wipe';
import { carry, countUnbrought, waiting } from '../visits/attachments/carry';

export interface RunningApp {
  store: Store;
  device_id: string;
  /** Send and fetch once; says how it ended (`done` when nothing stood in the way). Never throws for what the network does. */
  round(): Promise<string>;
  isSignedOut(): boolean;
  /** After a new sign-in: fetch the session and its token. */
  signedIn(): Promise<void>;
  /** Files whose bytes this phone has still to bring. */
  unbrought(): Promise<number>;
  /** Told that this phone is to be emptied: bring what only it has, then do so. False: the next contact goes on. */
  empty(): Promise<boolean>;
}

export interface AppOptions {
  /** The phone's databases, mortal. */
  factory: IDBFactory;
  user_id: string;
  fetch: Connection['fetch'];
  now: () => number;
  /** Whether this start makes the phone known to the server, or does not come to it. */
  registers: boolean;
  /** Planted bug: see tests/simulator/planted.py. */
  planted?: string;
}

/** So small that files of a few kB go in several parts: the parts are what can go wrong, not their length. */
const PART_BYTES = 1024;

/** Several phones of this process never share a lock; two tabs of one phone do. */
function locksOf(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<unknown>>();
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const mine = (running.get(name) ?? Promise.resolve()).then(work, work);
    running.set(name, mine.catch(() => undefined));
    return mine;
  };
}

export async function startApp({ factory, user_id, fetch, now, registers, planted }: AppOptions): Promise<RunningApp> {
  const options = { factory, locks: locksOf() };
  const store = await openStore(storeName(user_id), options);
  await readmit(store);
  const via = connect({ origin: '', fetch, now });
  const device_id = await identify(store, user_id, options);
  via.device_id = device_id;
  let isSignedOut = false;
  let isRegistered = !registers;

  async function renew(): Promise<boolean> {
    const session = await request('GET', '/api/session', parseSession, { via }).catch(() => null);
    if (!session) return false;
    via.csrf_token = session.csrf_token;
    if (!isRegistered) {
      isRegistered = true;
      // Out of reach: with the next session.
      await register(store, { user_id, label: 'simulator', app_version: '1', via }, options).catch(() => (isRegistered = false));
    }
    return true;
  }

  const honestly = (from: Store) => carry(from, via, { part_bytes: PART_BYTES });
  const carryParts = planted === 'bytes_let_go_before_stored' ? lettingGo(honestly) : honestly;
  const honest = batchCourier({ via, device_id, renew });
  const courier = planted === 'delete_before_receipt' ? { ...honest, deliver: deleting(store, honest) } : honest;

  return {
    store,
    device_id,
    async round() {
      if (!via.csrf_token) await renew();
      const { end } = await sendAndReceive({ store, courier, via, user_id, carry: carryParts }).catch((error: unknown) => ({ end: endOf(error) }));
      isSignedOut = end === 'signed_out';
      return end;
    },
    isSignedOut: () => isSignedOut,
    async signedIn() {
      isSignedOut = false;
      await renew();
    },
    unbrought: () => countUnbrought(store),
    async empty() {
      if (planted !== 'emptied_before_sent') return (await sendAndWipe(store, { user_id, device_id, courier, carry: carryParts, via }, options)) !== null;
      await wipe(store, { user_id, device_id, via }, options);
      return true;
    },
  };
}

/** What faults do is expected here; a fault of the code itself is not, and breaks the history. */
function endOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if (error instanceof Problem && error.status === 401) return 'signed_out';
  if (error instanceof Problem && error.code === 'device_wiped') return 'wiped';
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

/** The planted bug: the phone lets go of a file after one try to bring it. */
function lettingGo(honestly: (from: Store) => Promise<boolean>): typeof honestly {
  return async (from) => {
    const tried = await waiting(from);
    const isAny = await honestly(from);
    for (const id of tried) await from.db.delete('blobs', id);
    return isAny;
  };
}
