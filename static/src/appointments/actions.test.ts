import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../store/store';
import { removeGone } from '../sync/gone';
import { writeAgainable } from '../store/rows';
import { beginLaying, mergeRow } from '../sync/merge';
import { account, author, keep, ME, openPhone } from '../testing/world';
import { cancelAppointment, changeAppointment, createAppointment, type AppointmentInput } from './actions';

let store: Store;
const by = author('2026-11-22T05:50:00Z');
const time = { starts_at: '2026-12-01T01:00:00Z', ends_at: '2026-12-01T02:00:00Z', is_all_day: false };
const input: AppointmentInput = { account_id: 'h', title: '商談', time, place: null, invitees: [] };

beforeEach(async () => {
  store = await openPhone();
  await keep(store, account({ id: 'h', name: 'さくら総合病院' }));
});
afterEach(() => store.close());

const sent = async () => (await store.db.getAll('outbox')).map(({ type, base_version, body }) => ({ type, base_version, body }));
const arrive = (row: object) => writeAgainable(store, [], async (tx) => mergeRow(tx, 'appointments', row, await beginLaying(tx)));

test('an appointment is on the phone at once, with one message that says all of it', async () => {
  const { id } = await createAppointment(store, input, by);
  expect(await store.db.get('appointments', id)).toMatchObject({ ...input, id, owner_id: ME, version: 0 });
  expect(await sent()).toEqual([{ type: 'appointment.create', base_version: null, body: { ...input, id } }]);
  expect((await store.db.getAll('outbox'))[0]).toMatchObject({ account_id: 'h', label: 'さくら総合病院 / 商談' });
});

test('a change says only what is different, and nothing where nothing is', async () => {
  await arrive({ ...input, id: 'a', owner_id: ME, version: 3 });
  const there = await store.db.get('appointments', 'a');
  if (!there) throw new Error('not stored');
  expect(await changeAppointment(store, there, { changes: { title: '商談', time: { ...time } }, by })).toBeNull();
  await changeAppointment(store, there, { changes: { title: '商談', time: { ...time, ends_at: '2026-12-01T03:00:00Z' } }, by });
  expect(await sent()).toEqual([{ type: 'appointment.update', base_version: 3, body: { time: { ...time, ends_at: '2026-12-01T03:00:00Z' } } }]);
  // What another device said meanwhile goes underneath.
  await arrive({ ...input, title: '改題', id: 'a', owner_id: ME, version: 4 });
  expect(await store.db.get('appointments', 'a')).toMatchObject({ title: '改題', time: { ends_at: '2026-12-01T03:00:00Z' } });
});

test('a cancelled one stays away while the server has not heard of it', async () => {
  await arrive({ ...input, id: 'a', owner_id: ME, version: 3 });
  const there = await store.db.get('appointments', 'a');
  if (!there) throw new Error('not stored');
  await cancelAppointment(store, there, by);
  await arrive({ ...input, title: '改題', id: 'a', owner_id: ME, version: 4 });
  expect(await store.db.get('appointments', 'a')).toBeUndefined();
  expect(await sent()).toEqual([{ type: 'appointment.cancel', base_version: 3, body: {} }]);
});

test('an account that is no longer theirs leaves the appointment with it behind', async () => {
  await arrive({ ...input, id: 'a', owner_id: ME, version: 3 });
  await writeAgainable(store, ['h'], (tx) => removeGone(tx, { type: 'account', id: 'h', reason: 'reassigned', merged_into: null }));
  expect(await store.db.get('accounts', 'h')).toBeUndefined();
  expect(await store.db.get('appointments', 'a')).toMatchObject({ account_id: 'h' });
});
