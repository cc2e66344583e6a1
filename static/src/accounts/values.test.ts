import { describe, expect, test } from 'vitest';
import { labelKey, ownName, placeOf, valueText, type Words } from './values';

const words: Words = {
  statusName: (no) => `status ${no}`,
  outcomeName: (no) => `outcome ${no}`,
  userName: (id) => (id === 'u1' ? '佐藤' : ''),
  sourceText: (source) => `by ${source}`,
  fieldLabel: (key) => (key === 'beds' ? '病床数' : key),
  hours: () => '月–金 09:00–17:00',
  day: (day) => `day ${day}`,
  moment: (at) => `at ${at}`,
  times: (value) => `times ${Object.keys(value).length}`,
  yes: () => 'yes',
  no: () => 'no',
};

describe('a value is told as people read it', () => {
  test.each([
    ['status', 3, 'status 3'],
    ['activity.outcome', 1, 'outcome 1'],
    ['win_prob', 65, '65%'],
    ['cadence_days', 30, '30'],
    ['owner_id', 'u1', '佐藤'],
    ['owner_id', 'gone', 'gone'],
    ['task.due_on', '2026-12-05', 'day 2026-12-05'],
    ['task.done_at', '2026-12-05T00:00:00Z', 'at 2026-12-05T00:00:00Z'],
    ['custom.renewal', '2027-03-31', 'day 2027-03-31'],
    ['tags', ['重点', '展示会'], '重点, 展示会'],
    ['phones', [{ number: '+81312345678', label: '代表' }, { number: '+81428330003' }], '03-1234-5678, 0428330003'],
    ['opening_hours', { mon: [['09:00', '17:00']] }, '月–金 09:00–17:00'],
    ['position', { lon: 139.6703, lat: 35.6437, source: 'here' }, 'by here (35.64370, 139.67030)'],
    ['position', { lon: null, lat: null, source: null }, '–'],
    ['notes', '', '–'],
    ['appointment.time', { starts_at: 'a', ends_at: 'b', is_all_day: false }, 'times 3'],
    ['appointment.place', { name: '本社3階', lon: null, lat: null }, '本社3階'],
    ['appointment.invitees', ['ken@example.jp'], 'ken@example.jp'],
    ['tags', [], '–'],
    ['task.done', true, 'yes'],
  ])('%s %j', (field, value, told) => expect(valueText(field, value, words)).toBe(told));
});

test('a field is called by its name, also where it hangs on a contact, a task or a visit', () => {
  expect([labelKey('win_prob'), labelKey('contact.title'), labelKey('task.title'), labelKey('activity.note'), labelKey('contact.email')]).toEqual([
    'account.win_prob', 'contacts.job', 'visit.next_what', 'visit.note', 'account.email',
  ]);
  expect([labelKey('custom.beds'), ownName('custom.beds', words), ownName('beds', words)]).toEqual([null, '病床数', '病床数']);
});

test('a place is read, anything else is none', () => {
  expect(placeOf({ lon: 139, lat: 35, source: 'drag', extra: 1 })).toEqual({ lon: 139, lat: 35, source: 'drag' });
  expect([placeOf(null), placeOf('x'), placeOf({ lon: '139', lat: 35 })]).toEqual([null, null, null]);
});
