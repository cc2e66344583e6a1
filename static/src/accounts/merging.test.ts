import { describe, expect, test } from 'vitest';
import { account } from '../testing/world';
import { compared, likeness } from './merging';
import { toRow } from './rules';

const outcomes = (stays: Record<string, unknown>, goes: Record<string, unknown>) =>
  Object.fromEntries(compared(account({ id: 'a', ...stays }), account({ id: 'b', ...goes })).map(({ field, outcome }) => [field, outcome]));

describe('side by side', () => {
  test('what the one that stays has is kept, what it lacks is taken over', () => {
    expect(outcomes({ name: 'さくら総合病院', email: null, web: 'a.example' }, { name: 'さくら総合病院（旧）', email: 'x@example.jp', web: 'b.example' })).toEqual({ name: 'stays', email: 'taken', web: 'stays' });
  });

  test('tags and telephones are put together', () => {
    expect(outcomes({ tags: ['重点'], phones: [{ number: '+81312345678' }] }, { tags: ['展示会'], phones: [] })).toEqual({ tags: 'both', phones: 'stays' });
  });

  test('an address is taken over whole or not at all', () => {
    expect(outcomes({ postal_code: '154-0001' }, { address: '東京都世田谷区池尻1', postal_code: null })).toEqual({ postal_code: 'stays', address: 'stays' });
    expect(outcomes({}, { address: '東京都世田谷区池尻1', building: '3F' })).toEqual({ address: 'taken', building: 'taken' });
  });

  test('what is the same, or empty in both, is not told', () => {
    expect(outcomes({ rank: 'A', notes: '' }, { rank: 'A', notes: null })).toEqual({});
  });
});

test('a number in common counts for more than a name', () => {
  const row = (fields: Record<string, unknown>) => toRow(account(fields));
  const given = row({ name: '青葉薬局', phones: [{ number: '+81312345678' }], address: '東京都港区芝1' });
  const byPhone = likeness(given, row({ name: 'あおば', phones: [{ number: '+81312345678' }] }));
  const byName = likeness(given, row({ name: '青葉薬局' }));
  expect(byPhone).toBeGreaterThan(byName);
  expect(likeness(given, row({ name: '別', address: null }))).toBe(0);
});
