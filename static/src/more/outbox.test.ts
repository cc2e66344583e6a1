import { expect, test } from 'vitest';
import type { Operation } from '../sync/operations';
import { mayGiveUp, whyWaiting } from './outbox';

const REFUSAL = { status: 422, code: 'invalid', message: 'no', errors: [], at: '' };
const operation = (fields: Partial<Operation>): Operation => ({
  op_id: 'o', device_id: 'd', type: 'account.update', entity_id: 'a', account_id: 'a', label: '', base_version: 1, body: {}, patches: [],
  survivor_id: null, temporary: [], recorded_at: '', attempts: 0, refusal: null, ...fields,
});
const well = { phase: 'idle' as const, is_cut_off: false, sending: null };

test('what hangs on a refused creation waits for that, whatever the line', () => {
  const refused = operation({ type: 'account.create', refusal: REFUSAL });
  const visit = operation({ type: 'activity.log', entity_id: 'v' });
  expect(whyWaiting(visit, [refused], { ...well, is_cut_off: true })).toBe('outbox.why_held');
  expect(whyWaiting(visit, [operation({ refusal: REFUSAL })], well)).toBe('outbox.why_next');
});

test('otherwise the line tells', () => {
  const item = operation({});
  expect(whyWaiting(item, [], { ...well, is_cut_off: true })).toBe('outbox.why_offline');
  expect(whyWaiting(item, [], { ...well, phase: 'signed_out', is_cut_off: true })).toBe('outbox.why_signed_out');
  expect(whyWaiting(item, [], { ...well, phase: 'trouble' })).toBe('outbox.why_trouble');
  expect(whyWaiting(item, [], { ...well, sending: { done: 1, total: 3 } })).toBe('outbox.why_sending');
});

test('a visit or a new account is never offered to be given up, a refused change is', () => {
  expect(mayGiveUp(operation({ type: 'activity.log', refusal: REFUSAL }))).toBe(false);
  expect(mayGiveUp(operation({ type: 'account.create', refusal: REFUSAL }))).toBe(false);
  expect(mayGiveUp(operation({ type: 'account.delete', refusal: REFUSAL }))).toBe(true);
  expect(mayGiveUp(operation({ type: 'account.delete' }))).toBe(false);
});
