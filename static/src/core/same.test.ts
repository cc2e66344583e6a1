import { expect, test } from 'vitest';
import { isSame } from './same';

test('the order of the fields of an object says nothing, the order of a list does', () => {
  expect(isSame([{ label: '代表', number: '+81312345678' }], [{ number: '+81312345678', label: '代表' }])).toBe(true);
  expect(isSame(['重点', '紹介'], ['紹介', '重点'])).toBe(false);
});

test('a field more, a field less, another value or another kind is a difference', () => {
  expect(isSame({ number: '1' }, { number: '1', label: '' })).toBe(false);
  expect(isSame({ number: '1', label: '' }, { number: '1' })).toBe(false);
  expect(isSame({ a: undefined }, { b: 1 })).toBe(false);
  expect(isSame([{ number: '1' }], [{ number: '2' }])).toBe(false);
  expect(isSame([], {})).toBe(false);
  expect(isSame(null, {})).toBe(false);
  expect(isSame(null, null)).toBe(true);
});
