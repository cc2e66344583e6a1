/** A phone with a store of its own, and rows to put into it. */
import { parseAccount, type Account } from '../accounts/wire';
import type { Author } from '../core/author';
import { newId } from '../core/ids';
import { readRows } from '../store/pack';
import type { KeptBlob } from '../store/schema';
import { putAccount, write } from '../store/rows';
import { openStore, type Store } from '../store/store';

export const ME = '01920000-0000-7000-8000-000000000001';
export const ANOTHER = '01920000-0000-7000-8000-000000000002';

export const openPhone = (): Promise<Store> => openStore(`phone-${newId()}`);

export function author(at = '2026-11-22T05:50:00Z'): Author {
  return { user_id: ME, timezone: 'Asia/Tokyo', now: new Date(at) };
}

export function account(fields: Record<string, unknown> = {}): Account {
  return parseAccount({ id: newId(), kind: 'company', name: 'さくら総合病院', status: 1, version: 1, created_at: '2026-01-01T00:00:00Z', ...fields }, 'account');
}

export async function keep(store: Store, ...accounts: Account[]): Promise<void> {
  await write(store, accounts.map((item) => item.id), async (tx) => {
    for (const item of accounts) await putAccount(tx, item);
  });
}

/** The accounts that lists and map show, by id. */
export async function listed(store: Store): Promise<string[]> {
  return [...(await readRows(store)).keys()].sort();
}

/** The bytes of an attachment, all of them still this phone's to bring unless told otherwise. */
export function keptBlob(id: string, fields: Partial<KeptBlob> = {}): KeptBlob {
  const kept = { id, blob: new Uint8Array([1, 2, 250]).buffer, sent_bytes: 0, stored_at: null, small: null, refusal: null, ...fields };
  return kept;
}
