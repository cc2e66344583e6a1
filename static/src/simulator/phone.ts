/** A phone: its store survives everything, the app on it may die at any step and is started again. */
import type { Author } from '../core/author';
import { startApp, type RunningApp } from './app';
import { chanceOf, type Chance } from './chance';
import { FakeFactory } from './fakes';
import { Dead, Life } from './life';
import type { Store } from '../store/store';
import { storeName } from '../sync/sealed';
import { exportUnsent, importUnsent } from '../sync/transfer';
import { holdingsOf, type Holdings } from './holdings';
import { fetchOf, type Jar, type Way } from './network';
import type { Person, Promised, World } from './world';

/** Marks an operation as one of a build that is not there yet. */
const NEWER = '~newer';

/** What an action leaves behind for the ledger: which operation, and what to look for. */
export type Deed = Pick<Promised, 'op_id'> & Partial<Pick<Promised, 'marker' | 'value' | 'follow_up' | 'seen_version' | 'sha256'>>;

interface Running {
  app: RunningApp;
  life: Life;
}

export class Phone {
  readonly factory = new FakeFactory();
  readonly chance: Chance;
  readonly way: Way;
  readonly jar: Jar;
  isOnline = true;
  /** How wrong this phone's clock is. */
  skewMs = 0;
  life = new Life();
  private current: Running | null = null;
  private starts = 0;
  private starting: Promise<Running> | null = null;

  constructor(
    readonly world: World,
    readonly name: string,
    readonly person: Person,
    number: number,
  ) {
    this.chance = chanceOf(world.seed * 31 + number);
    this.jar = { cookie: person.cookie };
    this.way = {
      origin: world.machine.origin,
      chance: chanceOf(world.seed * 37 + number),
      counts: world.counts,
      trouble: 0.12,
      kill: world.machine.kill,
    };
  }

  author(): Author {
    return { user_id: this.person.id, timezone: 'Asia/Tokyo', now: new Date(Date.now() + this.skewMs) };
  }

  /** Start the app; on a phone that was off everything it has is what its store kept. */
  private async start(): Promise<Running> {
    for (let tries = 0; ; tries += 1) {
      const life = new Life();
      this.life = life;
      const starts = (this.starts += 1);
      const fetch = fetchOf(this.way, this.jar, { life, isOnline: () => this.isOnline });
      const factory = life.databasesOf(this.factory, (name) => this.onDelete(name));
      try {
        const app = await life.live(startApp({ factory, user_id: this.person.id, fetch, now: () => Date.now() + this.skewMs, registers: starts === 1 || this.chance.is(0.2), planted: process.env['PLANTED'] ?? '' }));
        this.current = { app, life };
        return this.current;
      } catch (error) {
        life.die();
        if (!(error instanceof Dead) || tries > 20) throw error;
      }
    }
  }

  /** The app as it runs, with the life it has; started where it does not. */
  private running(): Promise<Running> {
    if (this.current && !this.current.life.isDead) return Promise.resolve(this.current);
    this.starting ??= this.start().finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  /** Let the app die within its next steps, perhaps. */
  mayDieSoon(probability: number): void {
    if (!this.chance.is(probability)) return;
    this.life.diesAt = this.life.steps + 1 + this.chance.below(60);
    this.world.counts.device_killed += 1;
  }

  /**
   * Do something as the user. Only what the app has confirmed is promised; when the phone dies or is full before
   * that, the user knows that nothing was kept (and it may have been, but only once).
   */
  async act(deed: (app: RunningApp, by: Author) => Promise<Deed[]>): Promise<void> {
    try {
      const { app, life } = await this.running();
      const done = await life.live(deed(app, this.author()));
      for (const each of done) {
        const written = life.recorded.find((operation) => operation.op_id === each.op_id);
        if (!written) throw new Error(`${each.op_id} was confirmed and never written`);
        const { type, entity_id, base_version } = written;
        this.world.promised.push({ marker: null, value: null, follow_up: null, seen_version: null, sha256: null, ...each, type, entity_id, base_version, phone: this.name, device: app.device_id });
      }
    } catch (error) {
      if (!isTrouble(error)) throw error;
    }
  }

  /** The last operation of that type about that thing which this run of the app wrote down. */
  recorded(type: string, entity_id: string): string | null {
    return this.life.recorded.findLast((operation) => operation.type === type && operation.entity_id === entity_id)?.op_id ?? null;
  }

  /** One round of sending and fetching, in one tab or in two at once. Returns whether all of it went well. */
  async round(tabs = 1): Promise<boolean> {
    try {
      const running = await this.running();
      const { app, life } = running;
      const ends = await life.live(Promise.all(Array.from({ length: tabs }, () => app.round())));
      if (app.isSignedOut()) await this.signIn();
      if (ends.includes('wiped')) await this.empty(running);
      return ends.every((end) => end === 'done') && (await life.live(app.unbrought())) === 0;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      return false;
    }
  }

  /** An administrator wants this phone emptied. Whoever signs in afterwards begins with nothing; what could not be brought yet is for the next start. */
  private async empty({ app, life }: Running): Promise<void> {
    const isEmpty = await life.live(app.empty());
    if (isEmpty || app.store.is_closed()) life.die();
    if (!isEmpty) return;
    this.starts = 0;
    await this.signIn();
  }

  async store(): Promise<Store> {
    return (await this.running()).app.store;
  }

  /** What is only here. */
  holdings(): Holdings {
    return holdingsOf(this.factory, storeName(this.person.id));
  }

  private onDelete(name: string): void {
    if (name === storeName(this.person.id)) this.world.emptied.push({ ...this.holdings(), device: this.current?.app.device_id ?? '' });
  }

  /** Take along everything unsent as a file; null when the phone fails meanwhile. */
  async exported(): Promise<string | null> {
    let file: string | null = null;
    await this.directly(async ({ store }) => {
      file = await exportUnsent(store, this.person.id, this.author().now);
    });
    return file;
  }

  async imported(file: string): Promise<void> {
    await this.directly(async ({ store }) => void (await importUnsent(store, file, this.person.id)));
  }

  /** An older build takes over for a while: what the newer one recorded it cannot read, and puts aside. */
  async downgrade(): Promise<void> {
    await this.directly(async ({ store }) => {
      const unsent = (await store.db.getAll('outbox')).filter((operation) => !operation.refusal);
      for (const operation of unsent.slice(0, 1)) await Reflect.apply(store.db.put, store.db, ['outbox', { ...operation, type: operation.type + NEWER }]);
    });
    await this.round();
  }

  /** The app is updated: it starts anew, and knows again what was put aside. */
  async update(): Promise<void> {
    await this.directly(async ({ store }) => {
      for (const table of ['outbox', 'quarantine'] as const) {
        for (const kept of await store.db.getAll(table)) {
          const operation = 'value' in kept ? kept.value : kept;
          if (typeof operation !== 'object' || !operation || !('type' in operation) || typeof operation.type !== 'string') continue;
          const known = { ...operation, type: operation.type.replace(NEWER, '') };
          await Reflect.apply(store.db.put, store.db, [table, 'value' in kept ? { ...kept, value: known } : known]);
        }
      }
    });
    this.life.die();
  }

  /** Lay hands on the store as no app does. */
  private async directly(work: (app: RunningApp) => Promise<void>): Promise<void> {
    try {
      const { app, life } = await this.running();
      await life.live(work(app));
    } catch (error) {
      if (!isTrouble(error)) throw error;
    }
  }

  async signIn(): Promise<void> {
    this.jar.cookie = await this.world.machine.signIn(this.world.organisation.org_id, this.person.name);
    await this.directly((app) => app.signedIn());
  }
}

/** What faults do to the app, as opposed to what is wrong with it. */
function isTrouble(error: unknown): boolean {
  if (error instanceof Dead) return true;
  if (!(error instanceof Error)) return false;
  return ['AbortError', 'QuotaExceededError', 'Unreachable', 'InvalidStateError', 'StorageFull'].includes(error.name) || error.message.includes('the phone is off');
}
