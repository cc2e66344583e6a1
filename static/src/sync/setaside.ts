/** Giving up a change that the server would not have: it leaves the outbox, is kept aside, and the server's row is shown again. */
import { writeLaying } from '../store/rows';
import type { Store } from '../store/store';
import { beginLaying, layAgain, layBare } from './merge';
import type { Operation } from './operations';
import { pullAccount } from './pull';

/** Under this name it lies in `quarantine`: taken along in exports, never tried again by itself. */
export const SET_ASIDE = 'set_aside';

/** Returns under which number it is kept aside; null where it had left the outbox meanwhile. */
export async function setAside(store: Store, operation: Operation, now: Date): Promise<number | null> {
  const kept = await writeLaying(store, accountsOf(operation), async (tx) => {
    if (operation.seq === undefined) return null;
    const present = await tx.objectStore('outbox').get(operation.seq);
    if (present?.op_id !== operation.op_id) return null;
    await tx.objectStore('outbox').delete(operation.seq);
    const id = await tx.objectStore('quarantine').add({ store: SET_ASIDE, at: now.toISOString(), reason: present.refusal?.message ?? '', value: present });
    const laying = await beginLaying(tx);
    for (const patch of present.patches) await layBare(tx, patch.store, patch.id, laying);
    return id;
  });
  // The server's rows as they are: what was given up may still lie over them. Out of reach now: put right by the next change that is fetched.
  if (operation.account_id) await pullAccount(store, operation.account_id).catch(() => undefined);
  return kept;
}

/** Take a change up again that was given up a moment ago: it lies over the row and needs attention as before. */
export async function takeUpAgain(store: Store, operation: Operation, kept: number): Promise<void> {
  await writeLaying(store, accountsOf(operation), async (tx) => {
    if (!(await tx.objectStore('quarantine').getKey(kept))) return;
    await tx.objectStore('quarantine').delete(kept);
    await tx.objectStore('outbox').put(operation);
    const laying = await beginLaying(tx);
    for (const patch of operation.patches) await layAgain(tx, patch.store, patch.id, laying);
  });
}

const accountsOf = ({ account_id }: Operation): string[] => (account_id ? [account_id] : []);
