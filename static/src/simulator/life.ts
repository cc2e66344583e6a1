/**
 * One run of the app on a phone, from its start to its death. Death may come between any two steps: what was not
 * committed is rolled back, nothing that the dead run still had in hand touches the phone's store again.
 */
import type { Operation } from '../sync/operations';
import { FakeDatabase, FakeIndex, FakeObjectStore } from './fakes';

export class Dead extends Error {
  override name = 'Dead';
}

export type Recorded = Pick<Operation, 'op_id' | 'type' | 'entity_id' | 'base_version'>;

export class Life {
  isDead = false;
  steps = 0;
  /** The step at which the phone dies; at which its storage is full. Infinity: never. */
  diesAt = Infinity;
  fullAt = Infinity;
  /** Operations as they were written into the outbox; some of a transaction that came to nothing. */
  readonly recorded: Recorded[] = [];
  /** Rejects when the phone dies, so that whoever waits for it waits no longer. */
  readonly death: Promise<never>;
  #announce: (reason: Dead) => void = () => undefined;
  readonly #transactions = new Set<IDBTransaction>();
  readonly #databases = new Set<IDBDatabase>();

  constructor() {
    this.death = new Promise((_, reject) => {
      this.#announce = reject;
    });
    this.death.catch(() => undefined);
  }

  /** The phone's databases as this life opens them: their transactions die with it. `ondelete` is told before one is deleted. */
  databasesOf(factory: IDBFactory, ondelete: (name: string) => void): IDBFactory {
    return {
      open: (...words) => {
        this.step();
        const request = factory.open(...words);
        const adopt = () => this.#adopt(request.result);
        request.addEventListener('upgradeneeded', adopt);
        request.addEventListener('success', adopt);
        return request;
      },
      deleteDatabase: (name) => {
        this.step();
        ondelete(name);
        return factory.deleteDatabase(name);
      },
      databases: () => factory.databases(),
      cmp: (first, second) => factory.cmp(first, second),
    };
  }

  #adopt(database: IDBDatabase): void {
    // Opened by somebody who is dead by now: nobody would ever close it.
    if (this.isDead) database.close();
    this.#databases.add(database);
    LIVES.set(database, this);
  }

  begin(transaction: IDBTransaction): void {
    this.#transactions.add(transaction);
    transaction.addEventListener('complete', () => this.#transactions.delete(transaction));
    transaction.addEventListener('abort', () => this.#transactions.delete(transaction));
  }

  /** Count a step of the running app; throws when it was the last. */
  step(): void {
    this.demandLife();
    this.steps += 1;
    if (this.steps >= this.diesAt) {
      this.die();
      this.demandLife();
    }
  }

  demandLife(): void {
    if (this.isDead) throw new Dead('the phone is off');
  }

  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    for (const transaction of this.#transactions) {
      try {
        transaction.abort();
      } catch {
        // Committed in this very moment: then it stays.
      }
    }
    for (const database of this.#databases) database.close();
    this.#announce(new Dead('the phone is off'));
  }

  /** Wait for work of this life; rejects with Dead when the phone dies meanwhile. */
  async live<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return Promise.race([work, this.death]);
  }
}

const LIVES = new WeakMap<IDBDatabase, Life>();

const WRITES = ['put', 'add'] as const;
const OTHERS = ['delete', 'clear', 'get', 'getAll', 'getAllKeys', 'getKey', 'count', 'openCursor'] as const;

/** Make every step of every phone's store a place where it may die, or be full. Once for the whole process. */
export function makeMortal(): void {
  const begin = FakeDatabase.prototype.transaction;
  FakeDatabase.prototype.transaction = function (this: IDBDatabase, ...words: Parameters<typeof begin>) {
    const life = LIVES.get(this);
    life?.demandLife();
    const transaction = begin.apply(this, words);
    life?.begin(transaction);
    return transaction;
  };
  for (const name of WRITES) wrap(FakeObjectStore.prototype, name, (life) => demandRoom(life));
  for (const name of OTHERS) wrap(FakeObjectStore.prototype, name, () => undefined);
  for (const name of ['get', 'getAll', 'getAllKeys', 'getKey', 'count', 'openCursor'] as const) wrap(FakeIndex.prototype, name, () => undefined);
}

function demandRoom(life: Life): void {
  if (life.steps < life.fullAt) return;
  throw new DOMException('The storage is full.', 'QuotaExceededError');
}

interface InTransaction {
  name?: string;
  transaction?: IDBTransaction;
  objectStore?: IDBObjectStore;
}

function wrap(prototype: object, name: string, check: (life: Life) => void): void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== 'function') throw new Error(`there is no ${name}`);
  Reflect.set(prototype, name, function (this: InTransaction, ...words: unknown[]): unknown {
    const database = (this.transaction ?? this.objectStore?.transaction)?.db;
    const life = database && LIVES.get(database);
    if (life) {
      life.step();
      check(life);
      if (name === 'add' && this.name === 'outbox') life.recorded.push(words[0] as Recorded);
    }
    return Reflect.apply(original, this, words);
  });
}
