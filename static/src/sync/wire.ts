/** What sync itself sends and receives: conflicts, and the notes on an operation's receipt. */
import { anything, nullable, number, object, oneOf, optional, text, type Parsed, type Parser } from '../core/parse';

/** Two people gave one field two values: one is current, the other is kept until somebody chooses. */
export const parseConflict = object({
  id: text,
  entity: oneOf('account', 'contact', 'task', 'activity', 'appointment'),
  entity_id: text,
  account_id: nullable(text),
  field: text,
  current_value: anything,
  current_by: nullable(text),
  current_at: nullable(text),
  other_value: anything,
  other_by: nullable(text),
  other_at: nullable(text),
  settled_at: nullable(text),
  settled_by: nullable(text),
  choice: nullable(oneOf('current', 'other')),
  version: optional(number, 0),
  change_seq: optional(number, 0),
});

export type Conflict = Parsed<typeof parseConflict>;

/** What the server did beyond what was asked; `message` is in the user's language, `params` say about what. */
export interface Note {
  code: string;
  message: string;
  params: Record<string, unknown>;
}

const parseNoteHead = object({ code: text, message: optional(text, '') });

export const parseNote: Parser<Note> = (value, path) => {
  const { code, message } = parseNoteHead(value, path);
  const { code: _code, message: _message, ...params } = { ...(value as object) } as Record<string, unknown>;
  return { code, message, params };
};
