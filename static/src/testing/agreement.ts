/**
 * What the app reads of the server's answers is what the API's document promises: told by the compiler, never run.
 * A member that the document lacks, or whose values the app cannot take, is named in the error.
 */
import type { Account, Contact, HistoryEntry } from '../accounts/wire';
import type { Appointment } from '../appointments/wire';
import type { components } from '../core/api';
import type { CustomField, Outcome, Session, Status } from '../core/session';
import type { FieldProblem } from '../core/problem';
import type { Device } from '../devices/server';
import type { Import, ImportPreview, ImportRow, RowsPage } from '../imports/wire';
import type { Activity, Attachment, Task } from '../visits/wire';

type Documented = components['schemas'];

/** The members on which what is read and what is promised differ. Missing reads as null. */
type Differing<Read, Promised> = {
  [Name in keyof Read]: Name extends keyof Promised ? (Exclude<Promised[Name], undefined> extends Read[Name] ? never : Name) : Name;
}[keyof Read];

type Agreed<Names extends never> = Names;

export type Agreements = [
  Agreed<Differing<Account, Documented['AccountOut']>>,
  Agreed<Differing<Contact, Documented['ContactOut']>>,
  Agreed<Differing<HistoryEntry, Documented['HistoryEntry']>>,
  Agreed<Differing<Activity, Documented['ActivityOut']>>,
  Agreed<Differing<Task, Documented['TaskOut']>>,
  Agreed<Differing<Appointment, Documented['AppointmentOut']>>,
  Agreed<Differing<Attachment, Documented['AttachmentOut']>>,
  Agreed<Differing<Device, Documented['DeviceOut']>>,
  Agreed<Differing<Import, Documented['ImportOut']>>,
  Agreed<Differing<ImportPreview, Documented['DraftOut']>>,
  // Rows that an undo kept may have no number; the app asks for refused and flagged ones alone.
  Agreed<Exclude<Differing<ImportRow, Documented['RowOut']>, 'row_no'>>,
  Agreed<Exclude<Differing<RowsPage, Documented['RowPage']>, 'items'>>,
  Agreed<Differing<Session, Documented['SessionOut']>>,
  Agreed<Differing<Status, Documented['SessionStatus']>>,
  Agreed<Differing<Outcome, Documented['SessionOutcome']>>,
  Agreed<Differing<CustomField, Documented['SessionCustomField']>>,
  Agreed<Differing<FieldProblem, Documented['FieldProblem']>>,
];
