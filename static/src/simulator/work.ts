/** What people do on their phones, through the app's own actions. */
import { createAccount, deleteAccount, moveAccount, restoreAccount, saveContact, updateAccount } from '../accounts/actions';
import type { Account } from '../accounts/wire';
import type { Author } from '../core/author';
import type { Store } from '../store/store';
import { settleConflict } from '../sync/settling';
import { addTaken, attachTo, keepInDraft, removeAttachment } from '../visits/attachments/actions';
import type { Prepared } from '../visits/attachments/prepared';
import { amendVisit, createTask, logVisit, setTaskDone } from '../visits/actions';
import { draftKey, newDraft } from '../visits/draft';
import { aFile } from './files';
import type { Deed, Phone } from './phone';
import type { World } from './world';

const LIKELY = {
  visit: 32, attach: 5, detach: 2, rename: 8, edit: 18, move: 5, contact: 8, task: 5, tick: 6, create: 5, remove: 3, restore: 2, amend: 4, settle: 8, wrong: 2,
};

type Work = keyof typeof LIKELY;

/** Somebody does something; it is promised once the app has confirmed it. */
export async function work(world: World, phone: Phone): Promise<void> {
  const what = phone.chance.weighed(LIKELY);
  await phone.act(async ({ store }, by) => {
    const account = await anAccount(phone, store);
    const scene: Scene = { world, phone, store, by };
    const [anywhere, there] = [ELSEWHERE[what], AT_ACCOUNTS[what]];
    if (anywhere) return anywhere(scene);
    return there && account ? there(scene, account) : [];
  });
}

interface Scene {
  world: World;
  phone: Phone;
  store: Store;
  by: Author;
}

async function anAccount(phone: Phone, store: Store): Promise<Account | undefined> {
  const all = (await store.db.getAll('accounts')).filter((account) => !account.deleted_at);
  if (all.length === 0) return undefined;
  // Most of the time one of a few: people must meet.
  return phone.chance.is(0.7) ? all[phone.chance.below(Math.min(3, all.length))] : phone.chance.pick(all);
}

const AT_ACCOUNTS: Partial<Record<Work, (scene: Scene, account: Account) => Promise<Deed[]>>> = {
  visit,

  async attach({ world, phone, store, by }, account) {
    const prepared = await filesOf(world, phone, 1 + phone.chance.below(2));
    await attachTo(store, account, { prepared, by });
    return attached(phone, prepared);
  },

  rename: (scene, account) => edited(scene, account, 'name'),
  edit: (scene, account) => edited(scene, account, scene.phone.chance.pick(['notes', 'building', 'name_kana'] as const)),

  async move({ phone: { chance }, store, by }, account) {
    const place = { id: account.id, source: 'drag' as const, lon: 139.5 + chance.next() / 2, lat: 35.5 + chance.next() / 2 };
    return [{ op_id: (await moveAccount(store, place, by)).op_id }];
  },

  async contact({ world, phone, store, by }, account) {
    const marker = world.marker('担当');
    const present = phone.chance.is(0.4) ? (await store.db.getAllFromIndex('contacts', 'by_account', account.id))[0] : undefined;
    const { op_id } = await saveContact(store, { id: present?.id ?? null, account_id: account.id, input: { name: marker } }, by);
    return [{ op_id, marker }];
  },

  async task({ world, store, by }, account) {
    const marker = world.marker('用件');
    const { op_id } = await createTask(store, { account_id: account.id, title: marker, due_on: '2027-02-01' }, by);
    return [{ op_id, marker }];
  },

  remove: async ({ store, by }, account) => [{ op_id: (await deleteAccount(store, account, by)).op_id }],

  async wrong({ store, by }, account) {
    return [{ op_id: (await updateAccount(store, account.id, { changes: { email: 'これはメールではない' }, by })).op_id }];
  },
};

const ELSEWHERE: Partial<Record<Work, (scene: Scene) => Promise<Deed[]>>> = {
  async detach({ phone, store, by }) {
    const own = (await store.db.getAll('attachments')).filter((item) => item.created_by === phone.person.id);
    if (own.length === 0) return [];
    const attachment = phone.chance.pick(own);
    await removeAttachment(store, attachment, by);
    const op_id = phone.recorded('attachment.delete', attachment.id);
    // Refused by the server before: then its own message has gone with it, as the person wished.
    if (!op_id) phone.world.withdrawn.push(attachment.id);
    return op_id ? [{ op_id }] : [];
  },

  async tick({ phone, store, by }) {
    const open = (await store.db.getAll('tasks')).find((task) => !task.done_at);
    if (!open) return [];
    await setTaskDone(store, open, { is_done: true, by });
    const op_id = phone.recorded('task.update', open.id);
    return op_id ? [{ op_id }] : [];
  },

  async create({ world, store, by }) {
    const marker = world.marker('新規');
    const { op_id } = await createAccount(store, { name: marker }, { by, at: { lon: 139.7, lat: 35.7 } });
    return [{ op_id, marker }];
  },

  async restore({ store, by }) {
    const gone = (await store.db.getAll('accounts')).find((item) => item.deleted_at);
    return gone ? [{ op_id: (await restoreAccount(store, gone, by)).op_id }] : [];
  },

  async amend({ world, phone, store, by }) {
    const own = (await store.db.getAll('activities')).filter((item) => item.user_id === phone.person.id);
    if (own.length === 0) return [];
    const activity = phone.chance.pick(own);
    const marker = world.marker('訂正');
    const op_id = await amendVisit(store, activity, { changes: { note: `${activity.note ?? ''} ${marker}` }, by });
    return [{ op_id, marker }];
  },

  async settle({ phone, store, by }) {
    const open = (await store.db.getAll('conflicts')).find((item) => !item.settled_at);
    if (!open) return [];
    // What the person sees there while choosing.
    const account = open.account_id ? await store.db.get('accounts', open.account_id) : undefined;
    const op_id = await settleConflict(store, open, { choice: phone.chance.pick(['current', 'other'] as const), by });
    return [{ op_id, seen_version: account?.version ?? 0 }];
  },
};

/** A visit, at times with photos and documents that were kept in its draft before. */
async function visit({ world, phone, store, by }: Scene, account: Account): Promise<Deed[]> {
  const { chance } = phone;
  const draft = newDraft(account, { outcome: 1, now: by.now });
  const marker = world.marker('訪問');
  const follow_up = chance.is(0.3) ? world.marker('次回') : null;
  const win = chance.is(0.3) ? { win_prob: chance.below(101) } : {};
  const next = follow_up ? { next_action: follow_up, next_action_on: '2027-01-15' } : {};
  const prepared = chance.is(0.2) ? await filesOf(world, phone, 1 + chance.below(2)) : [];
  const items = prepared.map((each) => each.taken);
  for (const [at, each] of prepared.entries()) await keepInDraft(store, { ...draft, attachments: items.slice(0, at + 1), is_touched: true }, each);
  const op_id = await logVisit(
    store,
    { ...draft.input, note: marker, ...win, ...next },
    { by, draft_key: items.length > 0 ? draftKey(account.id) : null, also: (tx, at) => addTaken(tx, { account: at, activity_id: draft.input.id, items, by }) },
  );
  return op_id ? [{ op_id, marker, follow_up }, ...attached(phone, prepared)] : [];
}

const filesOf = (world: World, { chance }: Phone, count: number): Promise<Prepared[]> => Promise.all(Array.from({ length: count }, () => aFile(chance, world.marker('添付'))));

function attached(phone: Phone, prepared: Prepared[]): Deed[] {
  return prepared.flatMap(({ taken }) => {
    const op_id = phone.recorded('attachment.add', taken.id);
    return op_id ? [{ op_id, marker: taken.name.replace(/\.\w+$/, ''), sha256: taken.sha256 }] : [];
  });
}

async function edited({ world, store, by }: Scene, account: Account, field: 'name' | 'notes' | 'building' | 'name_kana'): Promise<Deed[]> {
  const marker = world.marker('変更');
  const { op_id } = await updateAccount(store, account.id, { changes: { [field]: marker }, by });
  return [{ op_id, marker, value: marker }];
}
