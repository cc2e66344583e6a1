/** What people do with accounts and contacts. Each writes the phone's row and the message to the server in one transaction. */
import type { Author } from '../core/author';
import { newId } from '../core/ids';
import type { EntityStore } from '../store/schema';
import { putAccount, write } from '../store/rows';
import type { Store } from '../store/store';
import { keepBase } from '../sync/merge';
import { appendOperation } from '../sync/operations';
import { toInternational } from './phones';
import { parseAccount, parseContact, type Account, type Contact } from './wire';

/** What the form holds: phones as typed, the rest as stored. */
export type AccountInput = Partial<
  Pick<
    Account,
    | 'kind' | 'name' | 'name_kana' | 'postal_code' | 'prefecture' | 'municipality' | 'address' | 'building' | 'phones' | 'email' | 'web' | 'status'
    | 'win_prob' | 'rank' | 'owner_id' | 'team_id' | 'tags' | 'cadence_days' | 'opening_hours' | 'notes' | 'custom' | 'external_id'
  >
>;

export interface Place {
  lon: number;
  lat: number;
}

export interface Moved extends Place {
  id: string;
  source: 'here' | 'drag';
  accuracy_m?: number;
}

/** What an action left behind: the thing it is about and the message that carries it. */
export interface Done {
  id: string;
  op_id: string;
}

function locally(input: AccountInput): AccountInput {
  return input.phones ? { ...input, phones: input.phones.map((phone) => ({ ...phone, number: toInternational(phone.number) })) } : input;
}

export async function createAccount(store: Store, input: AccountInput, options: { by: Author; at?: Place | null; id?: string }): Promise<Done> {
  const { by, at, id = newId() } = options;
  const now = by.now.toISOString();
  // A place pressed on the map was chosen by a person: no geocode moves it.
  const place = at ? { lon: at.lon, lat: at.lat, geo_source: 'drag' } : {};
  const body = { status: 1, kind: 'company', owner_id: by.user_id, ...input, ...place, id };
  const precision = at ? 'exact' : 'none';
  const account = parseAccount({ ...body, ...locally(input), precision, created_at: now, updated_at: now, created_by: by.user_id }, 'account');
  const op_id = await write(store, [id], async (tx) => {
    await putAccount(tx, account);
    return appendOperation(tx, {
      type: 'account.create',
      entity_id: id,
      account_id: id,
      label: account.name,
      base_version: null,
      body,
      recorded_at: now,
    });
  });
  return { id, op_id };
}

export async function updateAccount(store: Store, id: string, options: { changes: AccountInput; by: Author }): Promise<Done> {
  const now = options.by.now.toISOString();
  const op_id = await write(store, [id], async (tx) => {
    const account = await getAccount(tx, id);
    const local = locally(options.changes);
    await putAccount(tx, { ...account, ...local });
    return appendOperation(tx, {
      type: 'account.update',
      entity_id: id,
      account_id: id,
      label: options.changes.name ?? account.name,
      base_version: account.version,
      body: options.changes,
      patches: [{ store: 'accounts', id, changes: local }],
      recorded_at: now,
    });
  });
  return { id, op_id };
}

export async function moveAccount(store: Store, moved: Moved, by: Author): Promise<Done> {
  const now = by.now.toISOString();
  const op_id = await write(store, [moved.id], async (tx) => {
    const account = await getAccount(tx, moved.id);
    await putAccount(tx, { ...account, ...pinned(moved, now) });
    return appendMove(tx, account, moved, now);
  });
  return { id: moved.id, op_id };
}

export async function deleteAccount(store: Store, account: Account, by: Author): Promise<Done> {
  return setDeleted(store, account, { type: 'account.delete', deleted_at: by.now.toISOString(), recorded_at: by.now.toISOString() });
}

/** Bring a deleted account back, also where the deletion has already taken its row off this phone. */
export async function restoreAccount(store: Store, account: Account, by: Author): Promise<Done> {
  return setDeleted(store, account, { type: 'account.restore', deleted_at: null, recorded_at: by.now.toISOString() });
}

interface Deletion {
  type: 'account.delete' | 'account.restore';
  deleted_at: string | null;
  recorded_at: string;
}

async function setDeleted(store: Store, given: Account, { type, deleted_at, recorded_at }: Deletion): Promise<Done> {
  const { id } = given;
  const op_id = await write(store, [id], async (tx) => {
    const account = (await tx.objectStore('accounts').get(id)) ?? given;
    await putAccount(tx, { ...account, deleted_at });
    return appendOperation(tx, {
      type,
      entity_id: id,
      account_id: id,
      label: account.name,
      base_version: account.version,
      body: {},
      patches: [{ store: 'accounts', id, changes: { deleted_at } }],
      recorded_at,
    });
  });
  return { id, op_id };
}

export type ContactInput = Partial<Pick<Contact, 'name' | 'name_kana' | 'title' | 'department' | 'phones' | 'email' | 'notes'>>;

/** Add a contact to an account, or change one. */
export async function saveContact(store: Store, contact: { id: string | null; account_id: string; input: ContactInput }, by: Author): Promise<Done> {
  const { account_id, input } = contact;
  const id = contact.id ?? newId();
  const now = by.now.toISOString();
  const phones = input.phones?.map((phone) => ({ ...phone, number: toInternational(phone.number) }));
  const local = phones ? { ...input, phones } : input;
  const op_id = await write(store, [account_id], async (tx) => {
    const present = await tx.objectStore('contacts').get(id);
    await tx.objectStore('contacts').put(parseContact({ ...present, ...local, id, account_id }, 'contact'));
    const account = await tx.objectStore('accounts').get(account_id);
    return appendOperation(tx, {
      type: present ? 'contact.update' : 'contact.create',
      entity_id: id,
      account_id,
      label: [account?.name, input.name ?? present?.name].filter(Boolean).join(' / '),
      base_version: present?.version ?? null,
      body: present ? { ...input } : { ...input, id, account_id },
      patches: present ? [{ store: 'contacts' as EntityStore, id, changes: { ...local } }] : [],
      recorded_at: now,
    });
  });
  return { id, op_id };
}

export async function deleteContact(store: Store, contact: Contact, by: Author): Promise<Done> {
  const op_id = await write(store, [contact.account_id], async (tx) => {
    await keepBase(tx, 'contacts', contact);
    await tx.objectStore('contacts').delete(contact.id);
    return appendOperation(tx, {
      type: 'contact.delete',
      entity_id: contact.id,
      account_id: contact.account_id,
      label: contact.name,
      base_version: contact.version,
      body: {},
      recorded_at: by.now.toISOString(),
    });
  });
  return { id: contact.id, op_id };
}

type Transaction = Parameters<Parameters<typeof write>[2]>[0];

async function getAccount(tx: Transaction, id: string): Promise<Account> {
  const account = await tx.objectStore('accounts').get(id);
  if (!account) throw new Error(`There is no account ${id} on this phone.`);
  return account;
}

const pinned = (moved: Moved, now: string) => ({
  lon: moved.lon,
  lat: moved.lat,
  precision: 'exact' as const,
  geo_source: moved.source,
  geo_at: now,
  geo_flags: [],
});

function appendMove(tx: Transaction, account: Account, moved: Moved, now: string): Promise<string> {
  const { lon, lat, source, accuracy_m } = moved;
  return appendOperation(tx, {
    type: 'account.move',
    entity_id: account.id,
    account_id: account.id,
    label: account.name,
    base_version: account.version,
    body: { lon, lat, source, ...(accuracy_m === undefined ? {} : { accuracy_m }) },
    patches: [{ store: 'accounts', id: account.id, changes: pinned(moved, now) }],
    recorded_at: now,
  });
}
