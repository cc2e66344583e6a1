import { describe, expect, test } from 'vitest';
import { account } from '../testing/world';
import { changedOf, formOf, inputOf, problemsOf } from './form';
import { hoursLines, readSpans } from './hours';

const types = { beds: 'number' } as const;
const present = account({ phones: [{ number: '+81312345678', label: '代表' }], win_prob: 50, tags: ['重点'], custom: { beds: 120 }, opening_hours: { mon: [['09:00', '12:00']] } });

describe('the account form', () => {
  test('an untouched form changes nothing', () => {
    const form = formOf(present);
    expect(changedOf(inputOf(form, types), inputOf(formOf(present), types))).toEqual({});
  });

  test('only the fields that differ are sent', () => {
    const form = formOf(present);
    const before = inputOf(form, types);
    form.name = ' 青葉病院 ';
    form.win_prob = '６５';
    form.hours.tue = '9:00-12:00、14:00〜18:00';
    form.custom['beds'] = '';
    expect(changedOf(before, inputOf(form, types))).toEqual({
      name: '青葉病院',
      win_prob: 65,
      opening_hours: { mon: [['09:00', '12:00']], tue: [['09:00', '12:00'], ['14:00', '18:00']] },
      custom: { beds: null },
    });
  });

  test('says at which field something is wrong', () => {
    const form = { ...formOf(present), name: ' ', win_prob: '120', cadence_days: 'x', email: 'nobody' };
    form.hours.mon = '18:00-9:00';
    form.custom = { beds: 'many' };
    expect(problemsOf(form, types)).toEqual({ name: 'required', win_prob: 'range', cadence_days: 'number', email: 'email', 'opening_hours.mon': 'hours', 'custom.beds': 'number' });
    expect(problemsOf(formOf(present), types)).toEqual({});
  });
});

describe('opening hours', () => {
  test.each([
    ['', []],
    ['9-12', [['09:00', '12:00']]],
    ['９：００〜１２：３０', [['09:00', '12:30']]],
    ['25:00-26:00', null],
    ['12:00-9:00', null],
    ['open', null],
  ])('reads %j', (typed, spans) => expect(readSpans(typed)).toEqual(spans));

  test('days with the same hours are told together', () => {
    const day: [string, string][] = [['09:00', '17:00']];
    expect(hoursLines({ mon: day, tue: day, wed: day, fri: [['09:00', '12:00']] }, (key) => key.slice(-3))).toEqual([
      { days: 'mon–wed', times: '09:00–17:00' },
      { days: 'fri', times: '09:00–12:00' },
    ]);
  });
});
