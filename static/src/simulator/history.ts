/** One history: people work on their phones and at a desk while everything fails; then all heals, and it is judged. */
import { newDraft } from '../visits/draft';
import { logVisit, amendVisit, createTask, setTaskDone } from '../visits/actions';
import { createAccount, deleteAccount, moveAccount, restoreAccount, saveContact, settleConflict, updateAccount, type Done } from '../accounts/actions';
import type { Account } from '../accounts/wire';
import type { Store } from '../store/store';
import { compare } from './compare';
import { lateArrivals, pause, type Counts, type Fault } from './network';
import { Phone, type Deed } from './phone';
import { createWorld, office, type Machine, type World } from './world';

export interface Verdict {
  seed: number;
  operations: number;
  faults: Counts;
  lost: string[];
  doubled: string[];
  diverged: string[];
}

const HEALING_TRIES = 240;

export async function runHistory(machine: Machine, options: { seed: number; operations: number }): Promise<Verdict> {
  const world = await createWorld(machine, options.seed);
  const phones = ['anna', 'anna', 'ben', 'chie'].map((name, number) => new Phone(world, `${name}-${String(number)}`, world.person(name), number));
  const desk = office(world);
  for (const phone of phones) await phone.round();
  for (let done = 0; done < options.operations; done += 1) {
    const phone = world.chance.pick(phones);
    mishap(world, phone);
    if (world.chance.is(0.03)) {
      world.counts.app_updated += 1;
      await phone.downgrade();
    } else if (world.chance.is(0.1)) {
      await phone.update();
    }
    await work(world, phone);
    if (world.chance.is(0.12)) await meanwhile(world, desk);
    if (world.chance.is(0.3)) {
      const reaching = phones.filter(() => world.chance.is(0.5));
      await Promise.all(reaching.map((each) => each.round(twice(world) ? 2 : 1)));
    }
  }
  await heal(phones);
  const kept = (await Promise.all(phones.map(async (phone) => (await phone.running()).kept()))).flat();
  const judged = await machine.judge({ org_id: world.organisation.org_id, promised: world.promised, kept });
  const diverged = (await Promise.all(phones.map((phone) => compare(world, phone)))).flat();
  for (const phone of phones) phone.life.die();
  return { seed: options.seed, operations: world.promised.length, faults: world.counts, ...judged, diverged };
}

function twice(world: World): boolean {
  const isTwice = world.chance.is(0.15);
  if (isTwice) world.counts.two_tabs += 1;
  return isTwice;
}

/** What happens to a phone in a pocket. */
function mishap(world: World, phone: Phone): void {
  const { chance, counts } = world;
  const note = (fault: Fault) => {
    counts[fault] += 1;
  };
  if (chance.is(0.15)) phone.isOnline = !phone.isOnline;
  if (chance.is(0.03)) {
    phone.skewMs = (chance.next() - 0.5) * 4 * 86_400_000;
    note('clock_skewed');
  }
  if (chance.is(0.03)) {
    phone.life.die();
    note('tab_closed');
  }
  if (chance.is(0.02)) {
    phone.life.fullAt = phone.life.steps + chance.below(40);
    note('storage_full');
  } else {
    phone.life.fullAt = Infinity;
  }
  if (chance.is(0.02)) {
    phone.jar.cookie = 'expired';
    note('session_expired');
  }
  phone.mayDieSoon(0.04);
}

/** Everything gets well again, and everybody comes home to a good network. */
async function heal(phones: Phone[]): Promise<void> {
  for (const phone of phones) {
    phone.way.trouble = 0;
    phone.isOnline = true;
    phone.skewMs = 0;
    phone.life.diesAt = Infinity;
    phone.life.fullAt = Infinity;
    if (phone.jar.cookie === 'expired') await phone.signIn();
  }
  await lateArrivals();
  for (const phone of phones) await phone.update();
  // What the last phone sends has to reach the first: twice round, without anything in the way.
  for (let well = 0, tries = 0; well < 2 && tries < HEALING_TRIES; tries += 1) {
    let isWell = true;
    for (const phone of phones) isWell = (await phone.round()) && isWell;
    well = isWell ? well + 1 : 0;
    // A server that was killed at the end is still coming back.
    if (!isWell) await pause(500);
  }
}

async function anAccount(phone: Phone, store: Store): Promise<Account | undefined> {
  const all = (await store.db.getAll('accounts')).filter((account) => !account.deleted_at);
  if (all.length === 0) return undefined;
  // Most of the time one of a few: people must meet.
  return phone.chance.is(0.7) ? all[phone.chance.below(Math.min(3, all.length))] : phone.chance.pick(all);
}

const LIKELY = {
  visit: 34, rename: 8, edit: 18, move: 5, contact: 8, task: 5, tick: 6, create: 5, remove: 3, restore: 2, amend: 4, settle: 8, wrong: 2,
};

type Work = keyof typeof LIKELY;

async function work(world: World, phone: Phone): Promise<void> {
  const what = phone.chance.weighed(LIKELY);
  await phone.act(async ({ store }, by) => {
    const account = await anAccount(phone, store);
    const doing: Record<Work, () => Promise<Deed | null>> = {
      visit: async () => {
        if (!account) return null;
        const { input } = newDraft(account, { outcome: 1, now: by.now });
        const marker = world.marker('訪問');
        const follow_up = phone.chance.is(0.3) ? world.marker('次回') : null;
        const win = phone.chance.is(0.3) ? { win_prob: phone.chance.below(101) } : {};
        const next = follow_up ? { next_action: follow_up, next_action_on: '2027-01-15' } : {};
        const op_id = await logVisit(store, { ...input, note: marker, ...win, ...next }, { by, draft_key: null });
        return op_id ? { op_id, type: 'activity.log', entity_id: input.id, base_version: account.version, marker, value: null, follow_up } : null;
      },
      rename: async () => (account ? edited(world, { store, account, by, field: 'name' }) : null),
      edit: async () => (account ? edited(world, { store, account, by, field: phone.chance.pick(['notes', 'building', 'name_kana'] as const) }) : null),
      move: async () => {
        if (!account) return null;
        const place = { id: account.id, source: 'drag' as const, lon: 139.5 + phone.chance.next() / 2, lat: 35.5 + phone.chance.next() / 2 };
        return plain('account.move', await moveAccount(store, place, by), account.version);
      },
      contact: async () => {
        if (!account) return null;
        const marker = world.marker('担当');
        const present = phone.chance.is(0.4) ? (await store.db.getAllFromIndex('contacts', 'by_account', account.id))[0] : undefined;
        const done = await saveContact(store, { id: present?.id ?? null, account_id: account.id, input: { name: marker } }, by);
        return { ...plain(present ? 'contact.update' : 'contact.create', done, present?.version ?? null), marker };
      },
      task: async () => {
        if (!account) return null;
        const marker = world.marker('用件');
        return { ...plain('task.create', await createTask(store, { account_id: account.id, title: marker, due_on: '2027-02-01' }, by), null), marker };
      },
      tick: async () => {
        const open = (await store.db.getAll('tasks')).find((task) => !task.done_at);
        if (!open) return null;
        await setTaskDone(store, open, { is_done: true, by });
        const [last] = (await store.db.getAll('outbox')).slice(-1);
        return last?.entity_id === open.id ? plain('task.update', { id: open.id, op_id: last.op_id }, open.version) : null;
      },
      create: async () => {
        const marker = world.marker('新規');
        return { ...plain('account.create', await createAccount(store, { name: marker }, { by, at: { lon: 139.7, lat: 35.7 } }), null), marker };
      },
      remove: async () => (account ? plain('account.delete', await deleteAccount(store, account, by), account.version) : null),
      restore: async () => {
        const gone = (await store.db.getAll('accounts')).find((item) => item.deleted_at);
        return gone ? plain('account.restore', await restoreAccount(store, gone, by), gone.version) : null;
      },
      amend: async () => {
        const own = (await store.db.getAll('activities')).filter((item) => item.user_id === phone.person.id);
        if (own.length === 0) return null;
        const activity = phone.chance.pick(own);
        const marker = world.marker('訂正');
        const op_id = await amendVisit(store, activity, { changes: { note: `${activity.note ?? ''} ${marker}` }, by });
        return { ...plain('activity.amend', { id: activity.id, op_id }, activity.version), marker };
      },
      settle: async () => {
        const open = (await store.db.getAll('conflicts')).find((item) => !item.settled_at);
        if (!open) return null;
        return plain('conflict.settle', await settleConflict(store, open, { choice: phone.chance.pick(['current', 'other'] as const), by }), null);
      },
      wrong: async () => {
        if (!account) return null;
        return plain('account.update', await updateAccount(store, account.id, { changes: { email: 'これはメールではない' }, by }), account.version);
      },
    };
    return doing[what]();
  });
}

const plain = (type: string, done: Done, base_version: number | null): Deed => ({
  op_id: done.op_id, type, entity_id: done.id, base_version, marker: null, value: null, follow_up: null,
});

interface Edit {
  store: Store;
  account: Account;
  by: ReturnType<Phone['author']>;
  field: 'name' | 'notes' | 'building' | 'name_kana';
}

async function edited(world: World, { store, account, by, field }: Edit): Promise<Deed> {
  const marker = world.marker('変更');
  const done = await updateAccount(store, account.id, { changes: { [field]: marker }, by });
  return { ...plain('account.update', done, account.version), marker, value: marker };
}

/** What the office does to accounts that phones hold. */
async function meanwhile(world: World, desk: ReturnType<typeof office>): Promise<void> {
  const { chance, counts, organisation } = world;
  const id = chance.pick(organisation.accounts);
  const event = chance.weighed({ changed_meanwhile: 8, reassigned: 4, deleted: 2, merged: 2 });
  counts[event] += 1;
  try {
    if (event === 'changed_meanwhile') await desk('PATCH', `/api/accounts/${id}`, { notes: world.marker('内勤'), name: world.marker('内勤') });
    if (event === 'reassigned') await desk('PATCH', `/api/accounts/${id}`, { owner_id: world.person(chance.pick(['anna', 'ben', 'chie'])).id });
    if (event === 'deleted') await desk('DELETE', `/api/accounts/${id}`);
    if (event === 'merged') await desk('POST', `/api/accounts/${id}/merge`, { into_id: chance.pick(organisation.accounts) });
  } catch (error) {
    // Merged into itself, deleted already, or the server was just killed: the office tries something else later.
    if (!(error instanceof Error)) throw error;
  }
}
