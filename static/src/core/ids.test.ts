import { expect, test } from 'vitest';
import { newId } from './ids';

test('ids are UUIDv7, unique, and sort in the order they were made', () => {
  const ids = Array.from({ length: 5_000 }, () => newId());
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test('a clock set back does not break the order', () => {
  const before = newId(Date.now() + 1_000);
  expect(newId(Date.now() - 86_400_000) > before).toBe(true);
});
