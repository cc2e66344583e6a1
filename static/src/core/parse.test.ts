import { describe, expect, test } from 'vitest';
import { flag, listOf, nullable, number, object, oneOf, optional, text, UnreadableError } from './parse';

const parse = object({ id: text, n: nullable(number), kind: oneOf('a', 'b'), tags: optional(listOf(text), []), on: optional(flag, false) });

describe('parsing', () => {
  test('reads what fits, fills in what may be missing, drops what is unknown', () => {
    expect(parse({ id: 'x', kind: 'a', newer: 1 }, '')).toEqual({ id: 'x', n: null, kind: 'a', tags: [], on: false });
  });

  test.each([
    [{ id: 1, kind: 'a' }, 'id: expected text'],
    [{ id: 'x', kind: 'c' }, 'kind: expected a or b'],
    [{ id: 'x', kind: 'a', tags: ['y', 2] }, 'tags[1]: expected text'],
    [{ id: 'x', kind: 'a', n: Number.NaN }, 'n: expected number'],
    [null, 'value: expected object'],
    [[], 'value: expected object'],
  ])('says where %j is wrong', (value, message) => {
    expect(() => parse(value, '')).toThrow(new UnreadableError(message.split(':')[0] ?? '', message.split('expected ')[1] ?? ''));
  });
});
