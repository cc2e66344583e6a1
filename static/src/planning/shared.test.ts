import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseHours } from '../accounts/wire';
import { flag, listOf, mapOf, nullable, number, object, optional, text } from '../core/parse';
import { momentOf, secondsOf, windowsOf } from './opening';
import { FACTORS, valueOf } from './value';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../tests/cases/${name}.json`, import.meta.url), 'utf8'));
const day = nullable(text);

const facts = object({ win_prob: nullable(number), rank: nullable(text), cadence_days: nullable(number), due_on: day, visited_on: day, created_on: text, promised_on: day });
const values = object({
  ranks: listOf(text),
  weights: object({ win: number, rank: number, due: number, promise: number }),
  on: text,
  cases: listOf(object({ why: text, facts, on: day, ranks: nullable(listOf(text)), weights: nullable(mapOf(number)), value: number, parts: nullable(listOf(number)) })),
})(read('values'), 'values.json');

const windows = object({
  assumed: object({ spans: listOf(listOf(text)), working_days: listOf(number) }),
  cases: listOf(object({ why: text, hours: nullable(parseHours), days: listOf(object({ number, date: text, is_holiday: optional(flag, false) })), service_s: number, windows: listOf(listOf(number)) })),
})(read('windows'), 'windows.json');

test('a visit is worth what the server says', () => {
  expect(values.cases.length).toBeGreaterThan(8);
  for (const { why, facts: known, on, ranks, weights, value, parts } of values.cases) {
    const found = valueOf(known, { on: on ?? values.on, ranks: ranks ?? values.ranks, weights: { ...values.weights, ...weights } });
    expect(found.value, why).toBe(value);
    expect(found.parts.map(({ factor }) => factor)).toEqual(FACTORS);
    if (parts) expect(found.parts.map(({ share }) => share), why).toEqual(parts);
  }
});

test('a visit may begin when the server says', () => {
  expect(windows.cases.length).toBeGreaterThan(8);
  for (const { why, hours, days, service_s, windows: told } of windows.cases) expect(windowsOf(hours, days, { assumed: windows.assumed, service_s }), why).toEqual(told);
});

test('a moment of the day is read and written', () => {
  expect([secondsOf('09:30'), secondsOf('24:00'), momentOf(34_259), momentOf(86_400 + 600)]).toEqual([34_200, 86_400, '09:30', '00:10']);
});
