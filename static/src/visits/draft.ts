/** A visit half written: begun from the account as it stands, saved as one types, found again after a reload. */
import { newId } from '../core/ids';
import { flag, listOf, nullable, number, object, oneOf, optional, text, type Parsed } from '../core/parse';
import type { Account } from '../accounts/wire';
import type { Store } from '../store/store';

const parseInput = object({
  id: text,
  account_id: text,
  channel: text,
  outcome: nullable(number),
  note: optional(text, ''),
  occurred_at: text,
  duration_min: nullable(number),
  win_prob: nullable(number),
  status: number,
  next_action: optional(text, ''),
  next_action_on: nullable(text),
  contact_ids: optional(listOf(text), []),
  position: nullable(object({ lon: number, lat: number, accuracy_m: number })),
});

/** What a draft and the message to the server say of a file; its bytes are in the store's `blobs` under the same id. */
export const parseTaken = object({
  id: text,
  kind: oneOf('photo', 'sketch', 'voice', 'file'),
  name: text,
  media_type: text,
  size_bytes: number,
  sha256: text,
  width: nullable(number),
  height: nullable(number),
  duration_s: nullable(number),
});

export type Taken = Parsed<typeof parseTaken>;

export const parseVisitDraft = object({
  input: parseInput,
  next_step: oneOf('tomorrow', 'week', 'month', 'date', 'none'),
  is_touched: optional(flag, false),
  /** What was photographed, drawn or spoken for it; the bytes are kept apart. */
  attachments: optional(listOf(parseTaken), []),
});

export type VisitDraft = Parsed<typeof parseVisitDraft>;

export const draftKey = (account_id: string): string => `visit:${account_id}`;

interface Beginning {
  outcome: number | null;
  now: Date;
}

export function newDraft(account: Account, { outcome, now }: Beginning): VisitDraft {
  return {
    input: {
      id: newId(),
      account_id: account.id,
      channel: 'visit',
      outcome,
      note: '',
      occurred_at: now.toISOString(),
      duration_min: null,
      win_prob: account.win_prob,
      status: account.status,
      next_action: '',
      next_action_on: null,
      contact_ids: [],
      position: null,
    },
    next_step: 'none',
    is_touched: false,
    attachments: [],
  };
}

/** The draft left for this account, or null when there is none that this build can read. */
export async function readDraft(store: Store, account_id: string): Promise<VisitDraft | null> {
  const kept = await store.db.get('drafts', draftKey(account_id));
  if (!kept) return null;
  try {
    return parseVisitDraft(kept.value, 'draft');
  } catch {
    return null;
  }
}

export async function keepDraft(store: Store, draft: VisitDraft): Promise<void> {
  const key = draftKey(draft.input.account_id);
  await store.db.put('drafts', { key, kind: 'visit', updated_at: new Date().toISOString(), value: draft });
}

export async function dropDraft(store: Store, account_id: string): Promise<void> {
  await store.db.delete('drafts', draftKey(account_id));
}
