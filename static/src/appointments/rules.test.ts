import { describe, expect, test } from 'vitest';
import { addressesIn, fitsForm, instantIn, newSlot, onDay, slotOf, timesOf } from './rules';
import { parseAppointment } from './wire';

const TOKYO = 'Asia/Tokyo';
const BERLIN = 'Europe/Berlin';
const slot = { day: '2026-12-01', from: '10:00', until: '11:30', is_all_day: false, last_day: '2026-12-01' };

describe('local hours', () => {
  test('are instants where the organisation lives, and the same hours again', () => {
    const times = timesOf(slot, TOKYO);
    expect(times).toEqual({ starts_at: '2026-12-01T01:00:00Z', ends_at: '2026-12-01T02:30:00Z', is_all_day: false });
    expect(slotOf(times, TOKYO)).toEqual(slot);
  });

  test('until an hour that is earlier end on the next day', () => {
    expect(timesOf({ ...slot, from: '23:00', until: '01:00' }, TOKYO)).toMatchObject({ starts_at: '2026-12-01T14:00:00Z', ends_at: '2026-12-01T16:00:00Z' });
  });

  test.each([
    ['2026-03-28', '12:00', '2026-03-28T11:00:00Z'],
    ['2026-03-29', '01:59', '2026-03-29T00:59:00Z'],
    ['2026-03-29', '02:30', '2026-03-29T01:30:00Z'],
    ['2026-03-29', '03:00', '2026-03-29T01:00:00Z'],
    ['2026-10-25', '02:30', '2026-10-25T00:30:00Z'],
    ['2026-10-25', '03:00', '2026-10-25T02:00:00Z'],
  ])('across a change of the clock: %s %s', (day, hour, at) => expect(instantIn(BERLIN, day, hour)).toBe(at));
});

describe('whole days', () => {
  test('go from midnight to midnight, and the day of the clock change is 23 hours long', () => {
    const times = timesOf({ ...slot, day: '2026-03-29', last_day: '2026-03-29', is_all_day: true }, BERLIN);
    expect(times).toEqual({ starts_at: '2026-03-28T23:00:00Z', ends_at: '2026-03-29T22:00:00Z', is_all_day: true });
    expect(slotOf(times, BERLIN)).toMatchObject({ day: '2026-03-29', last_day: '2026-03-29', is_all_day: true });
  });

  test('are at least one', () => {
    const times = timesOf({ ...slot, last_day: '2026-11-20', is_all_day: true }, TOKYO);
    expect([times.starts_at, times.ends_at]).toEqual(['2026-11-30T15:00:00Z', '2026-12-01T15:00:00Z']);
  });
});

test('a new one begins at the next full hour today, in the morning of another day, and never at night', () => {
  const at = (hour: string, day = '2026-12-01') => newSlot(day, { day: '2026-12-01', hour }).from;
  expect([at('13:20'), at('23:10'), at('05:00'), at('13:20', '2026-12-02')]).toEqual(['14:00', '10:00', '10:00', '10:00']);
});

test('a day holds what touches it, whole days first, then in the order of time', () => {
  const made = (id: string, starts_at: string, ends_at: string, is_all_day = false) =>
    parseAppointment({ id, owner_id: 'me', title: id, time: { starts_at, ends_at, is_all_day } }, '');
  const all = [
    made('afternoon', '2026-12-01T05:00:00Z', '2026-12-01T06:00:00Z'),
    made('overnight', '2026-11-30T14:00:00Z', '2026-11-30T16:00:00Z'),
    made('until midnight', '2026-11-30T13:00:00Z', '2026-11-30T15:00:00Z'),
    made('at midnight', '2026-11-30T15:00:00Z', '2026-11-30T15:00:00Z'),
    made('fair', '2026-11-29T15:00:00Z', '2026-12-02T15:00:00Z', true),
    made('tomorrow', '2026-12-01T15:00:00Z', '2026-12-01T16:00:00Z'),
  ];
  expect(onDay(all, { day: '2026-12-01', timezone: TOKYO }).map(({ id }) => id)).toEqual(['fair', 'overnight', 'at midnight', 'afternoon']);
});

test('hours of several days are left to who can say them', () => {
  expect(fitsForm({ starts_at: '2026-12-01T00:00:00Z', ends_at: '2026-12-02T00:00:00Z', is_all_day: false })).toBe(false);
  expect(fitsForm({ starts_at: '2026-12-01T00:00:00Z', ends_at: '2026-12-01T23:00:00Z', is_all_day: false })).toBe(true);
});

test('addresses are read however they are parted and as wide as they were typed', () => {
  expect(addressesIn('ken@example.jp, ｍｉ＠example.jp、ken@example.jp')).toEqual({ found: ['ken@example.jp', 'mi@example.jp'], bad: null });
  expect(addressesIn('ken@example.jp; 佐藤')).toMatchObject({ bad: '佐藤' });
  expect(addressesIn('  ')).toEqual({ found: [], bad: null });
});
