/** What each role is offered. The server decides (fieldcrm/identity/policy.py); this only spares people buttons that would be refused. */
import type { Session } from './session';

type User = Pick<Session['user'], 'id' | 'role'>;

export const mayWriteAccounts = (user: User): boolean => user.role !== 'back_office';

export function mayDelete(user: User, account: { owner_id: string | null }): boolean {
  if (user.role === 'rep') return account.owner_id === null || account.owner_id === user.id;
  return mayWriteAccounts(user);
}

/** People, teams and invitations. */
export const mayAdminister = (user: User): boolean => user.role === 'administrator';

export const mayImport = (user: User): boolean => user.role === 'administrator' || user.role === 'manager';

export const mayMerge = (user: User): boolean => user.role === 'administrator' || user.role === 'manager';
