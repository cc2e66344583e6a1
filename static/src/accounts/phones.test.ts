import { describe, expect, test } from 'vitest';
import { displayPhone, toInternational } from './phones';

describe('telephone numbers', () => {
  test.each([
    ['03-1234-5678', '+81312345678'],
    ['０３（１２３４）５６７８', '+81312345678'],
    ['090 1234 5678', '+819012345678'],
    ['+81 3 1234 5678', '+81312345678'],
    ['内線 12', '内線 12'],
  ])('reads %s', (typed, stored) => expect(toInternational(typed)).toBe(stored));

  test.each([
    ['+81312345678', '03-1234-5678'],
    ['+819012345678', '090-1234-5678'],
    ['+81112345678', '011-234-5678'],
    ['+81120123456', '0120-123-456'],
    ['+81422123456', '0422123456'],
    ['+442071234567', '+442071234567'],
  ])('shows %s', (stored, shown) => expect(displayPhone(stored)).toBe(shown));

  test.each(['+81312345678', '+819012345678', '+81462345678', '+81120123456'])('what is shown for %s is read as the same number', (stored) => {
    expect(toInternational(displayPhone(stored))).toBe(stored);
  });
});
