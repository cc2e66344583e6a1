/** What people do with attachments. Row, bytes and the message to the server are kept in one transaction, or none of them. */
import type { Account } from '../../accounts/wire';
import type { Author } from '../../core/author';
import { write } from '../../store/rows';
import type { Store, WriteTransaction } from '../../store/store';
import { appendOperation } from '../../sync/operations';
import { draftKey, type Taken, type VisitDraft } from '../draft';
import { parseAttachment, type Attachment } from '../wire';
import type { Prepared } from './prepared';

/** Keep the bytes of what was just taken, together with the half-written visit that it belongs to. */
export async function keepInDraft(store: Store, draft: VisitDraft, prepared: Prepared): Promise<void> {
  await write(store, [], async (tx) => {
    await putBytes(tx, prepared);
    await putDraft(tx, draft);
  });
}

/** Take something out of a half-written visit. */
export async function dropFromDraft(store: Store, draft: VisitDraft, id: string): Promise<void> {
  await write(store, [], async (tx) => {
    await tx.objectStore('blobs').delete(id);
    await putDraft(tx, draft);
  });
}

/** Give up a half-written visit with all that was taken for it. */
export async function dropDraftWhole(store: Store, draft: VisitDraft): Promise<void> {
  await write(store, [], async (tx) => {
    for (const { id } of draft.attachments) await tx.objectStore('blobs').delete(id);
    await tx.objectStore('drafts').delete(draftKey(draft.input.account_id));
  });
}

export interface Adding {
  account: Pick<Account, 'id' | 'name'>;
  activity_id: string | null;
  items: readonly Taken[];
  by: Author;
}

/** Add what was taken, in the caller's transaction; the bytes are in the store already. */
export async function addTaken(tx: WriteTransaction, { account, activity_id, items, by }: Adding): Promise<void> {
  const now = by.now.toISOString();
  for (const taken of items) {
    const said = { ...taken, account_id: account.id, activity_id };
    await tx.objectStore('attachments').put(parseAttachment({ ...said, created_by: by.user_id, created_at: now }, 'attachment'));
    await appendOperation(tx, {
      type: 'attachment.add',
      entity_id: taken.id,
      account_id: account.id,
      label: account.name,
      base_version: null,
      body: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)),
      recorded_at: now,
    });
  }
}

/** Attach to an account, without a visit. */
export async function attachTo(store: Store, account: Pick<Account, 'id' | 'name'>, options: { prepared: readonly Prepared[]; by: Author }): Promise<void> {
  const { prepared, by } = options;
  await write(store, [account.id], async (tx) => {
    for (const each of prepared) await putBytes(tx, each);
    await addTaken(tx, { account, activity_id: null, items: prepared.map((each) => each.taken), by });
  });
}

/**
 * Remove an attachment. One that the server refused never got there: its message goes with it. For any other a message follows,
 * also while the first is on its way, since nobody knows whether it has arrived.
 */
export async function removeAttachment(store: Store, attachment: Attachment, by: Author): Promise<void> {
  await write(store, [attachment.account_id], async (tx) => {
    await tx.objectStore('attachments').delete(attachment.id);
    await tx.objectStore('blobs').delete(attachment.id);
    const outbox = tx.objectStore('outbox');
    const refused = (await outbox.getAll()).find((item) => item.type === 'attachment.add' && item.entity_id === attachment.id && item.refusal);
    if (refused?.seq !== undefined) {
      await outbox.delete(refused.seq);
      return;
    }
    const account = await tx.objectStore('accounts').get(attachment.account_id);
    await appendOperation(tx, {
      type: 'attachment.delete',
      entity_id: attachment.id,
      account_id: attachment.account_id,
      label: account?.name ?? '',
      base_version: attachment.version || null,
      body: {},
      recorded_at: by.now.toISOString(),
    });
  });
}

/** Send the bytes of an attachment again that the server had refused. */
export async function sendAgain(store: Store, id: string): Promise<void> {
  await write(store, [], async (tx) => {
    const kept = await tx.objectStore('blobs').get(id);
    if (kept) await tx.objectStore('blobs').put({ ...kept, sent_bytes: 0, refusal: null });
  });
}

async function putBytes(tx: WriteTransaction, { taken, bytes, small }: Prepared): Promise<void> {
  await tx.objectStore('blobs').put({ id: taken.id, blob: bytes, small, sent_bytes: 0, stored_at: null, refusal: null });
}

async function putDraft(tx: WriteTransaction, draft: VisitDraft): Promise<void> {
  const key = draftKey(draft.input.account_id);
  await tx.objectStore('drafts').put({ key, kind: 'visit', updated_at: new Date().toISOString(), value: draft });
}
