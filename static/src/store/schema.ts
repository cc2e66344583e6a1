/** What the phone keeps: the tables of the local store and the shape of their rows. */
import type { DBSchema } from 'idb';
import type { AccountRow } from '../accounts/rules';
import type { Account, Contact } from '../accounts/wire';
import type { Activity, Task } from '../visits/wire';
import type { Operation, Receipt } from '../sync/operations';

/** A form half filled in, saved as one types. */
export interface Draft {
  key: string;
  kind: string;
  updated_at: string;
  value: unknown;
}

/** A place on today's route, in the order of the visits. */
export interface Stop {
  account_id: string;
  day: string;
  position: number;
}

export interface Schema extends DBSchema {
  meta: { key: string; value: unknown };
  accounts: { key: string; value: Account };
  account_rows: { key: string; value: AccountRow };
  contacts: { key: string; value: Contact; indexes: { by_account: string } };
  activities: { key: string; value: Activity; indexes: { by_account: [string, string]; by_time: string } };
  tasks: { key: string; value: Task; indexes: { by_account: string } };
  outbox: { key: number; value: Operation; indexes: { by_op: string } };
  receipts: { key: string; value: Receipt; indexes: { by_time: string } };
  drafts: { key: string; value: Draft };
  stops: { key: string; value: Stop };
}

export type StoreName = 'meta' | 'accounts' | 'account_rows' | 'contacts' | 'activities' | 'tasks' | 'outbox' | 'receipts' | 'drafts' | 'stops';

/** The tables that hold the server's rows, each with a version. */
export type EntityStore = 'accounts' | 'contacts' | 'activities' | 'tasks';
