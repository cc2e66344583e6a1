/** What people do with several accounts at once: all rows and all messages in one transaction, and what takes it back. */
import type { Author } from '../core/author';
import { putAccount, write } from '../store/rows';
import type { Store } from '../store/store';
import { appendOperation } from '../sync/operations';
import type { AccountInput } from './actions';
import type { Account } from './wire';

/** What becomes of one account; null leaves it as it is. */
export type ChangeOf = (account: Account) => AccountInput | null;

/** Accounts that were changed, each with its former values: given to `restoreSeveral`, they take the change back. */
export type Former = ReadonlyMap<string, AccountInput>;

/** Change accounts, each in its own way. One that is no longer here, or would stay as it is, is passed over. */
export function updateSeveral(store: Store, ids: readonly string[], options: { change: ChangeOf; by: Author }): Promise<Former> {
  const { change, by } = options;
  const former = new Map<string, AccountInput>();
  return write(store, [...ids], async (tx) => {
    for (const id of ids) {
      const account = await tx.objectStore('accounts').get(id);
      const changes = account && !account.deleted_at ? differing(account, change(account)) : {};
      if (!account || Object.keys(changes).length === 0) continue;
      former.set(id, valuesOf(account, changes));
      await putAccount(tx, { ...account, ...changes });
      await appendOperation(tx, {
        type: 'account.update',
        entity_id: id,
        account_id: id,
        label: account.name,
        base_version: account.version,
        body: changes,
        patches: [{ store: 'accounts', id, changes }],
        recorded_at: by.now.toISOString(),
      });
    }
    return former;
  });
}

/** Put the former values back, as a change of its own: the first may be on the server already. */
export function restoreSeveral(store: Store, former: Former, by: Author): Promise<Former> {
  return updateSeveral(store, [...former.keys()], { change: ({ id }) => former.get(id) ?? null, by });
}

type Field = keyof AccountInput;

/** A plain copy of the fields that differ: values of the screen's own kind cannot be stored. */
function differing(account: Account, changes: AccountInput | null): AccountInput {
  const entries = Object.entries(changes ?? {}).filter(([field, value]) => JSON.stringify(account[field as Field]) !== JSON.stringify(value));
  return Object.fromEntries(entries);
}

const valuesOf = (account: Account, changes: AccountInput): AccountInput =>
  Object.fromEntries(Object.keys(changes).map((field) => [field, account[field as Field]]));

/** Give accounts to a person (or to nobody); they follow to that person's first team, as the server does it. */
export function owned(owner: { id: string; team_ids: string[] } | null): ChangeOf {
  const team_id = owner ? ([...owner.team_ids].sort()[0] ?? null) : null;
  return (account) => ({ owner_id: owner?.id ?? null, team_id: owner ? team_id : account.team_id });
}

export const tagged = (tag: string): ChangeOf => ({ tags }) => (tags.includes(tag) ? null : { tags: [...tags, tag] });

export const untagged = (tag: string): ChangeOf => ({ tags }) => ({ tags: tags.filter((item) => item !== tag) });
