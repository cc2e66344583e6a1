/** What only a phone has, read from its tables without any of the app's code. */
import { createHash } from 'node:crypto';
import { recordsIn } from './fakes';

export interface Holdings {
  /** Operations that are here, for whatever reason. */
  kept: string[];
  /** Those of them, and those files, that the server will not have as they are, or that this build cannot read: a person has to decide. */
  stuck: string[];
  /** Files that somebody removed here, as the server has not heard yet or does not allow. */
  removed: string[];
  /** Files whose bytes are here: `id:sha256`. */
  files: string[];
}

interface Kept {
  op_id: string;
  type: string;
  entity_id: string;
  account_id: string | null;
  refusal: object | null;
}

interface Bytes {
  id: string;
  blob: ArrayBuffer;
  refusal?: object | null;
}

export function holdingsOf(factory: IDBFactory, database: string): Holdings {
  const outbox = recordsIn(factory, database, 'outbox') as Kept[];
  const aside = (recordsIn(factory, database, 'quarantine') as { value: Partial<Kept> }[]).flatMap(({ value }) => value.op_id ?? []);
  const blobs = (recordsIn(factory, database, 'blobs') as Bytes[]).filter(({ blob }) => blob.byteLength > 0);
  const refused = new Set(outbox.filter((item) => item.refusal).flatMap((item) => item.entity_id));
  // What hangs on something that was refused waits with it.
  const waiting = outbox.filter((item) => item.refusal || refused.has(item.entity_id) || (item.account_id !== null && refused.has(item.account_id)));
  return {
    kept: [...outbox.map((item) => item.op_id), ...aside],
    stuck: [...waiting.map((item) => item.op_id), ...aside, ...waiting.map((item) => item.entity_id), ...blobs.filter((item) => item.refusal).map((item) => item.id)],
    removed: outbox.filter((item) => item.type === 'attachment.delete').map((item) => item.entity_id),
    files: blobs.map(({ id, blob }) => `${id}:${createHash('sha256').update(new Uint8Array(blob)).digest('hex')}`),
  };
}
