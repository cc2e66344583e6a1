/** Settling a conflict: an operation of the person's, shown at once and sent when there is a network. */
import { placeOf } from '../accounts/values';
import { parseAccount, parseContact } from '../accounts/wire';
import { parseAppointment } from '../appointments/wire';
import type { Author } from '../core/author';
import { putAccount, write } from '../store/rows';
import type { EntityStore } from '../store/schema';
import type { Store, WriteTransaction } from '../store/store';
import { parseActivity, parseTask } from '../visits/wire';
import { standIn } from './merge';
import { appendOperation, type Patch } from './operations';
import type { Conflict } from './wire';

export type Choice = 'current' | 'other';

const STORE_OF = { account: 'accounts', contact: 'contacts', task: 'tasks', activity: 'activities', appointment: 'appointments' } as const satisfies Record<Conflict['entity'], EntityStore>;

/** Let one of the two values stand. Chosen once more, the later choice stands. */
export function settleConflict(store: Store, conflict: Conflict, options: { choice: Choice; by: Author }): Promise<string> {
  const { choice, by } = options;
  const now = by.now.toISOString();
  return write(store, conflict.account_id ? [conflict.account_id] : [], async (tx) => {
    const here = await tx.objectStore('conflicts').get(conflict.id);
    const present = here ?? conflict;
    const changes = { settled_at: now, settled_by: by.user_id, choice };
    await tx.objectStore('conflicts').put({ ...(here ?? standIn(conflict)), ...changes });
    // The current value stands already, unless the other one was chosen before.
    const isWritten = choice === 'other' || present.choice === 'other';
    const written = isWritten ? await writeValue(tx, present, choice === 'other' ? present.other_value : present.current_value) : [];
    const account = conflict.account_id ? await tx.objectStore('accounts').get(conflict.account_id) : undefined;
    // What the person saw while choosing: should others have set a third value since, that is a conflict again.
    const seen = await tx.objectStore(STORE_OF[conflict.entity]).get(conflict.entity_id);
    return appendOperation(tx, {
      type: 'conflict.settle',
      entity_id: conflict.id,
      account_id: conflict.account_id,
      label: account?.name ?? '',
      base_version: present.version,
      body: { choice, ...(seen ? { seen_version: seen.version } : {}) },
      patches: [{ store: 'conflicts', id: conflict.id, changes }, ...written],
      recorded_at: now,
    });
  });
}

/** Show the chosen value at once; the server writes it for everybody. A row that is not on this phone is left to the server. */
async function writeValue(tx: WriteTransaction, conflict: Conflict, value: unknown): Promise<Patch[]> {
  const store = STORE_OF[conflict.entity];
  const row = await tx.objectStore(store).get(conflict.entity_id);
  if (!row) return [];
  const changes = changesOf(conflict.field, value, 'custom' in row ? row.custom : {});
  const next = { ...row, ...changes };
  if (store === 'accounts') await putAccount(tx, parseAccount(next, store));
  else if (store === 'contacts') await tx.objectStore(store).put(parseContact(next, store));
  else if (store === 'tasks') await tx.objectStore(store).put(parseTask(next, store));
  else if (store === 'appointments') await tx.objectStore(store).put(parseAppointment(next, store));
  else await tx.objectStore(store).put(parseActivity(next, store));
  return [{ store, id: conflict.entity_id, changes }];
}

/** The fields of a row that a conflict's value stands for: a place is one field there, the organisation's own fields are named by their key. */
function changesOf(field: string, value: unknown, custom: Record<string, unknown>): Record<string, unknown> {
  if (field.startsWith('custom.')) return { custom: { ...custom, [field.slice('custom.'.length)]: value } };
  if (field !== 'position') return { [field]: value };
  const place = placeOf(value);
  return place ? { lon: place.lon, lat: place.lat, geo_source: place.source, precision: 'exact' } : {};
}
