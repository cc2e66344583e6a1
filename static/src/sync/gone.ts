/** Rows that leave the phone: deleted, reassigned, too old - or merged into another account, to which everything unsent moves along. */
import { nullable, object, oneOf, optional, text, type Parsed } from '../core/parse';
import type { EntityStore } from '../store/schema';
import type { WriteTransaction } from '../store/store';
import { parseVisitDraft, draftKey } from '../visits/draft';
import { forgetRow, keyOf } from './merge';

export const parseGone = object({
  type: oneOf('account', 'activity', 'contact', 'task', 'appointment', 'attachment', 'conflict'),
  id: text,
  reason: optional(oneOf('deleted', 'reassigned', 'merged', 'expired'), 'deleted'),
  merged_into: nullable(text),
});

export type Gone = Parsed<typeof parseGone>;

/** The table of each kind of thing. */
export const STORE_OF = {
  account: 'accounts',
  activity: 'activities',
  contact: 'contacts',
  task: 'tasks',
  appointment: 'appointments',
  attachment: 'attachments',
  conflict: 'conflicts',
} as const;
/** What leaves with its account. An appointment is the person's own: it stays, whoever has the account now. */
const HANGING = ['contacts', 'tasks', 'attachments', 'conflicts'] as const;

/** What the person may no longer see leaves the phone with all that hangs on it; unsent operations stay in the outbox. */
export async function removeGone(tx: WriteTransaction, { type, id, merged_into }: Gone): Promise<void> {
  await forgetAside(tx, id);
  if (type !== 'account') {
    await forgetRow(tx, STORE_OF[type], id);
    return;
  }
  if (merged_into) await moveAlong(tx, id, merged_into);
  await forgetRow(tx, 'accounts', id);
  await tx.objectStore('news').delete(id);
  for (const key of await tx.objectStore('activities').index('by_account').getAllKeys(allOf(id))) await forgetRow(tx, 'activities', key);
  for (const store of HANGING) {
    for (const key of await tx.objectStore(store).index('by_account').getAllKeys(id)) {
      // An attachment's row goes with its bytes: not before the server has them.
      if (!(await isUnsentFile(tx, store, key))) await forgetRow(tx, store, key);
    }
  }
}

/** Whether the server has still to get that file's bytes from here. */
export async function isUnsentFile(tx: WriteTransaction, store: EntityStore, id: string): Promise<boolean> {
  return store === 'attachments' && (await tx.objectStore('blobs').get(id))?.stored_at === null;
}

const ROW_STORES: ReadonlySet<string> = new Set(Object.values(STORE_OF));
const isOf = (row: unknown, id: string): boolean =>
  typeof row === 'object' && row !== null && (('id' in row && row.id === id) || ('account_id' in row && row.account_id === id));

/** Rows that are not shown - taken off here, or unreadable to this build - leave as well, or they would come back one day. */
async function forgetAside(tx: WriteTransaction, id: string): Promise<void> {
  const [bases, quarantine] = [tx.objectStore('bases'), tx.objectStore('quarantine')];
  for (const { key, row } of await bases.getAll()) if (isOf(row, id)) await bases.delete(key);
  for (const aside of await quarantine.getAll()) {
    if (aside.id !== undefined && ROW_STORES.has(aside.store) && isOf(aside.value, id)) await quarantine.delete(aside.id);
  }
}

const allOf = (account_id: string): IDBKeyRange => IDBKeyRange.bound([account_id, ''], [account_id, '\uffff']);

/** The messages stay as they were recorded - the server follows the merge as well -; what is shown of them moves to the survivor. */
async function moveAlong(tx: WriteTransaction, loser: string, survivor: string): Promise<void> {
  await moveDraft(tx, loser, survivor);
  const own = new Set<string>();
  for (const operation of await tx.objectStore('outbox').getAll()) {
    const isAbout = operation.account_id === loser || operation.survivor_id === loser;
    const isLaidOn = operation.patches.some((patch) => patch.store === 'accounts' && patch.id === loser);
    if (!isAbout && !isLaidOn) continue;
    own.add(operation.entity_id);
    for (const row of operation.temporary) own.add(row.id);
    const patches = operation.patches.map((patch) => (patch.store === 'accounts' && patch.id === loser ? { ...patch, id: survivor } : patch));
    await tx.objectStore('outbox').put({ ...operation, patches, survivor_id: isAbout ? survivor : operation.survivor_id });
  }
  await tx.objectStore('bases').delete(keyOf('accounts', loser));
  for (const activity of await tx.objectStore('activities').index('by_account').getAll(allOf(loser))) {
    if (own.has(activity.id)) await tx.objectStore('activities').put({ ...activity, account_id: survivor });
  }
  await moveHanging(tx, own, { loser, survivor });
  const stop = await tx.objectStore('stops').get(loser);
  if (!stop) return;
  await tx.objectStore('stops').delete(loser);
  if (!(await tx.objectStore('stops').get(survivor))) await tx.objectStore('stops').put({ ...stop, account_id: survivor });
}

async function moveHanging(tx: WriteTransaction, own: Set<string>, { loser, survivor }: { loser: string; survivor: string }): Promise<void> {
  for (const contact of await tx.objectStore('contacts').index('by_account').getAll(loser)) {
    if (own.has(contact.id)) await tx.objectStore('contacts').put({ ...contact, account_id: survivor });
  }
  for (const task of await tx.objectStore('tasks').index('by_account').getAll(loser)) {
    if (own.has(task.id)) await tx.objectStore('tasks').put({ ...task, account_id: survivor });
  }
  for (const appointment of await tx.objectStore('appointments').index('by_account').getAll(loser)) {
    if (own.has(appointment.id)) await tx.objectStore('appointments').put({ ...appointment, account_id: survivor });
  }
  for (const attachment of await tx.objectStore('attachments').index('by_account').getAll(loser)) {
    if (own.has(attachment.id)) await tx.objectStore('attachments').put({ ...attachment, account_id: survivor });
  }
}

/** A visit half written goes on at the survivor; where one is begun there too, its note is added to that one's. */
async function moveDraft(tx: WriteTransaction, loser: string, survivor: string): Promise<void> {
  const drafts = tx.objectStore('drafts');
  const left = await drafts.get(draftKey(loser));
  if (!left) return;
  const begun = await drafts.get(draftKey(survivor));
  try {
    const draft = parseVisitDraft(left.value, 'draft');
    const there = begun ? parseVisitDraft(begun.value, 'draft') : null;
    const input = there
      ? { ...there.input, note: [there.input.note, draft.input.note].filter(Boolean).join('\n') }
      : { ...draft.input, account_id: survivor };
    const attachments = [...(there?.attachments ?? []), ...draft.attachments];
    await drafts.put({ ...left, key: draftKey(survivor), value: { ...(there ?? draft), input, attachments, is_touched: true } });
    await drafts.delete(draftKey(loser));
  } catch {
    // Written by another build: it stays where it is.
  }
}
