/** A phone: its store survives everything, the app on it may die at any step and is started again. */
import type { Author } from '../core/author';
import { startApp, type RunningApp } from './app';
import { chanceOf, type Chance } from './chance';
import { FakeFactory } from './fakes';
import { Dead, Life } from './life';
import { fetchOf, type Jar, type Way } from './network';
import type { Person, Promised, World } from './world';

/** Marks an operation as one of a build that is not there yet. */
const NEWER = '~newer';

/** What an action leaves behind for the ledger. */
export type Deed = Omit<Promised, 'phone' | 'device'>;

export class Phone {
  readonly factory = new FakeFactory();
  readonly chance: Chance;
  readonly way: Way;
  readonly jar: Jar;
  isOnline = true;
  /** How wrong this phone's clock is. */
  skewMs = 0;
  app: RunningApp | null = null;
  life = new Life();

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
  async start(): Promise<RunningApp> {
    for (let tries = 0; ; tries += 1) {
      this.life = new Life();
      const fetch = fetchOf(this.way, this.jar, { life: this.life, isOnline: () => this.isOnline });
      try {
        this.app = await this.life.live(startApp({ factory: this.factory, name: this.name, user_id: this.person.id, life: this.life, fetch, now: () => Date.now() + this.skewMs, planted: process.env['PLANTED'] ?? '' }));
        return this.app;
      } catch (error) {
        this.life.die();
        if (!(error instanceof Dead) || tries > 20) throw error;
      }
    }
  }

  async running(): Promise<RunningApp> {
    return this.app && !this.life.isDead ? this.app : this.start();
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
  async act(deed: (app: RunningApp, by: Author) => Promise<Deed | null>): Promise<Promised | null> {
    try {
      const app = await this.running();
      const done = await this.life.live(deed(app, this.author()));
      if (!done) return null;
      const promised = { ...done, phone: this.name, device: app.device_id };
      this.world.promised.push(promised);
      return promised;
    } catch (error) {
      if (isTrouble(error)) return null;
      throw error;
    }
  }

  /** One round of sending and fetching, in one tab or in two at once. Returns whether all of it went well. */
  async round(tabs = 1): Promise<boolean> {
    try {
      const app = await this.running();
      const ends = await this.life.live(Promise.all(Array.from({ length: tabs }, () => app.round())));
      if (app.isSignedOut()) await this.signIn();
      return ends.every((end) => end === 'done');
    } catch (error) {
      if (!isTrouble(error)) throw error;
      return false;
    }
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
      await this.life.live(work(await this.running()));
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
