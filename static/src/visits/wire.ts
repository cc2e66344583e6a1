/** Activities, tasks and attachments as they come over the wire, and how they are read. */
import { anything, flag, listOf, nullable, number, object, oneOf, optional, text, type Parsed } from '../core/parse';

export const parseActivity = object({
  id: text,
  account_id: text,
  user_id: nullable(text),
  channel: text,
  outcome: nullable(number),
  note: nullable(text),
  occurred_at: text,
  recorded_at: nullable(text),
  duration_min: nullable(number),
  win_prob_before: nullable(number),
  win_prob_after: nullable(number),
  status_before: nullable(number),
  status_after: nullable(number),
  next_action: nullable(text),
  next_action_on: nullable(text),
  contact_ids: optional(listOf(text), []),
  lon: nullable(number),
  lat: nullable(number),
  accuracy_m: nullable(number),
  is_amended: optional(flag, false),
  amendments: optional(listOf(anything), []),
  version: optional(number, 0),
  change_seq: optional(number, 0),
  created_at: optional(text, ''),
});

export type Activity = Parsed<typeof parseActivity>;

export const parseTask = object({
  id: text,
  account_id: nullable(text),
  owner_id: nullable(text),
  title: text,
  due_on: nullable(text),
  done_at: nullable(text),
  activity_id: nullable(text),
  version: optional(number, 0),
  change_seq: optional(number, 0),
});

export type Task = Parsed<typeof parseTask>;

/** A photo, sketch, voice note or file of an account or of one of its visits. Its bytes travel apart. */
export const parseAttachment = object({
  id: text,
  account_id: text,
  activity_id: nullable(text),
  kind: oneOf('photo', 'sketch', 'voice', 'file'),
  name: text,
  media_type: text,
  size_bytes: number,
  sha256: text,
  width: nullable(number),
  height: nullable(number),
  duration_s: nullable(number),
  received_bytes: optional(number, 0),
  /** When the server had all of it; null while bytes are missing. */
  stored_at: nullable(text),
  created_by: nullable(text),
  version: optional(number, 0),
  change_seq: optional(number, 0),
  created_at: optional(text, ''),
});

export type Attachment = Parsed<typeof parseAttachment>;
