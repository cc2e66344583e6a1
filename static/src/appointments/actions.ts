/** What people do with appointments. Each writes the phone's rows and the message to the server in one transaction. */
import type { Author } from '../core/author';
import { newId } from '../core/ids';
import { isSame } from '../core/same';
import { write } from '../store/rows';
import type { Store } from '../store/store';
import { keepBase, standIn } from '../sync/merge';
import { appendOperation } from '../sync/operations';
import { parseAppointment, type Appointment } from './wire';

export type AppointmentInput = Pick<Appointment, 'account_id' | 'title' | 'time' | 'place' | 'invitees'>;
export type AppointmentChanges = Partial<Omit<AppointmentInput, 'account_id'>>;

const about = (account_id: string | null): string[] => (account_id ? [account_id] : []);

/** Put an appointment into one's own calendar. */
export async function createAppointment(store: Store, input: AppointmentInput, by: Author): Promise<{ id: string; op_id: string }> {
  const id = newId();
  const op_id = await write(store, about(input.account_id), async (tx) => {
    await tx.objectStore('appointments').put(parseAppointment({ ...input, id, owner_id: by.user_id }, 'appointment'));
    const account = input.account_id ? await tx.objectStore('accounts').get(input.account_id) : undefined;
    return appendOperation(tx, {
      type: 'appointment.create',
      entity_id: id,
      account_id: input.account_id,
      label: [account?.name, input.title].filter(Boolean).join(' / '),
      base_version: null,
      body: { ...input, id },
      recorded_at: by.now.toISOString(),
    });
  });
  return { id, op_id };
}

/** Rename or move it, or invite others. Returns the message's id; null where nothing is different. */
export async function changeAppointment(store: Store, appointment: Appointment, { changes, by }: { changes: AppointmentChanges; by: Author }): Promise<string | null> {
  return write(store, about(appointment.account_id), async (tx) => {
    const here = await tx.objectStore('appointments').get(appointment.id);
    const present = here ?? standIn(appointment);
    const told = Object.fromEntries(Object.entries(changes).filter(([name, value]) => !isSame(value, present[name as keyof AppointmentChanges])));
    if (Object.keys(told).length === 0) return null;
    await tx.objectStore('appointments').put(parseAppointment({ ...present, ...told }, 'appointment'));
    return appendOperation(tx, {
      type: 'appointment.update',
      entity_id: appointment.id,
      account_id: appointment.account_id,
      label: appointment.title,
      base_version: (here ?? appointment).version,
      body: told,
      patches: [{ store: 'appointments', id: appointment.id, changes: told }],
      recorded_at: by.now.toISOString(),
    });
  });
}

/** Take it out of the calendar. */
export function cancelAppointment(store: Store, appointment: Appointment, by: Author): Promise<string> {
  return write(store, about(appointment.account_id), async (tx) => {
    await keepBase(tx, 'appointments', appointment);
    await tx.objectStore('appointments').delete(appointment.id);
    return appendOperation(tx, {
      type: 'appointment.cancel',
      entity_id: appointment.id,
      account_id: appointment.account_id,
      label: appointment.title,
      base_version: appointment.version,
      body: {},
      recorded_at: by.now.toISOString(),
    });
  });
}
