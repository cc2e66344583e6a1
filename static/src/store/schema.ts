/** What the phone keeps: the tables of the local store and the shape of their rows. */
import type { DBSchema } from 'idb';
import type { AccountRow } from '../accounts/rules';
import type { Account, Contact } from '../accounts/wire';
import type { Appointment } from '../appointments/wire';
import type { Activity, Attachment, Task } from '../visits/wire';
import type { Operation, Receipt, Refusal } from '../sync/operations';
import type { Conflict } from '../sync/wire';
import type { PackedRows } from './pack';

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

/** The bytes of an attachment: on the way to the server, and kept afterwards while there is room. */
export interface KeptBlob {
  /** The attachment's id. */
  id: string;
  blob: ArrayBuffer;
  /** How much of it the server has acknowledged. */
  sent_bytes: number;
  /** When the server had all of it and had checked it; null while it is this phone's to bring. */
  stored_at: string | null;
  /** A JPEG of at most 320 px for timelines; `blob` is empty where only this was fetched. */
  small?: ArrayBuffer | null;
  /** Why the server does not take these bytes; a person has to decide. */
  refusal?: Refusal | null;
}

/** A record that this build cannot read, put aside as it was: nothing is thrown away. */
export interface Quarantined {
  /** Given by the store. */
  id?: number;
  store: string;
  at: string;
  reason: string;
  value: unknown;
}

/** What others changed on an account since this person last looked at it. */
export interface News {
  account_id: string;
  at: string;
  by: string | null;
  /** Fields of the account, or `activities`, `contacts`, `tasks`, `attachments`, `conflicts`. */
  fields: string[];
  /** The activities, contacts, tasks ... among them; not kept by the first builds. */
  ids?: string[];
}

/** The server's row under one that carries unsent changes; laid bare again when they are settled. */
export interface Base {
  /** `store:id` */
  key: string;
  row: { version: number };
}

/** A row that changed since the rows were packed; or the mark that it is no longer there. */
export type RowDelta = AccountRow | { id: string; is_gone: true };

export interface Schema extends DBSchema {
  meta: { key: string; value: unknown };
  accounts: { key: string; value: Account };
  /** The rows of lists and map, many in a record (store/pack.ts), and what changed since. */
  account_packs: { key: number; value: PackedRows };
  account_rows: { key: string; value: RowDelta };
  contacts: { key: string; value: Contact; indexes: { by_account: string } };
  activities: { key: string; value: Activity; indexes: { by_account: [string, string]; by_time: string } };
  tasks: { key: string; value: Task; indexes: { by_account: string } };
  /** One's own, by when they begin. */
  appointments: { key: string; value: Appointment; indexes: { by_account: string; by_start: string } };
  attachments: { key: string; value: Attachment; indexes: { by_account: string; by_activity: string } };
  conflicts: { key: string; value: Conflict; indexes: { by_account: string } };
  /** `by_stored` holds only those the server has: they may be given up when the phone is full. */
  blobs: { key: string; value: KeptBlob; indexes: { by_stored: string } };
  outbox: { key: number; value: Operation; indexes: { by_op: string } };
  receipts: { key: string; value: Receipt; indexes: { by_time: string } };
  bases: { key: string; value: Base };
  quarantine: { key: number; value: Quarantined };
  news: { key: string; value: News };
  drafts: { key: string; value: Draft };
  stops: { key: string; value: Stop };
}

export type StoreName =
  | 'meta'
  | 'accounts'
  | 'account_packs'
  | 'account_rows'
  | 'contacts'
  | 'activities'
  | 'tasks'
  | 'appointments'
  | 'attachments'
  | 'conflicts'
  | 'blobs'
  | 'outbox'
  | 'receipts'
  | 'bases'
  | 'quarantine'
  | 'news'
  | 'drafts'
  | 'stops';

/** The tables that hold the server's rows, each with a version. */
export type EntityStore = 'accounts' | 'contacts' | 'activities' | 'tasks' | 'appointments' | 'attachments' | 'conflicts';
