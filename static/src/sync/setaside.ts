/** Giving up a change that the server would not have: it leaves the outbox, is kept aside, and the server's row is shown again. */
import { request } from '../core/http';
import { anything } from '../core/parse';
import { write } from '../store/rows';
import type { Store } from '../store/store';
import { beginLaying, layBare, mergeRow } from './merge';
import type { Operation } from './operations';
import { pullAccount } from './pull';

/** Under this name it lies in `quarantine`: taken along in exports, never tried again by itself. */
export const SET_ASIDE = 'set_aside';

export async function setAside(store: Store, operation: Operation, now: Date): Promise<void> {
  await write(store, operation.account_id ? [operation.account_id] : [], async (tx) => {
    if (operation.seq === undefined) return;
    const present = await tx.objectStore('outbox').get(operation.seq);
    if (present?.op_id !== operation.op_id) return;
    await tx.objectStore('outbox').delete(operation.seq);
    await tx.objectStore('quarantine').add({ store: SET_ASIDE, at: now.toISOString(), reason: present.refusal?.message ?? '', value: present });
    const laying = await beginLaying(tx);
    for (const patch of present.patches) await layBare(tx, patch.store, patch.id, laying);
  });
  // Out of reach now: the row is put right by the next change of it that is fetched.
  if (operation.account_id) await refetch(store, operation.account_id).catch(() => undefined);
}

/** The server's rows as they are: what was given up may still lie over them. */
async function refetch(store: Store, account_id: string): Promise<void> {
  const account = await request('GET', `/api/accounts/${account_id}`, anything);
  await write(store, [account_id], async (tx) => void (await mergeRow(tx, 'accounts', account, await beginLaying(tx))));
  await pullAccount(store, account_id);
}
