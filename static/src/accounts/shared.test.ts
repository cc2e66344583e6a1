/** What a list shows, on the phone: the same cases that bind the server (tests/accounts/test_shared_cases.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sorted, SORTS } from '../lists/rules';
import { anything, listOf, mapOf, nullable, number, object, oneOf, optional, text } from '../core/parse';
import { account, ANOTHER, ME } from '../testing/world';
import { toQuery } from './asking';
import { matcher, NO_FILTER, toRow, type AccountFilter } from './rules';

const parse = object({
  today: text,
  here: object({ lon: number, lat: number }),
  accounts: listOf(mapOf(anything)),
  filters: listOf(object({ name: text, filter: mapOf(anything), query: mapOf(anything), expected: listOf(text) })),
  searches: listOf(object({ q: text, expected: listOf(text) })),
  orders: listOf(object({ sort: oneOf(...SORTS), expected: listOf(text) })),
  without_value: mapOf(number),
});

const cases = parse(JSON.parse(readFileSync(new URL('../../../tests/cases/accounts.json', import.meta.url), 'utf8')), 'accounts');

const PEOPLE: Record<string, string> = { me: ME, colleague: ANOTHER, stranger: ANOTHER };
const who = { user_id: ME, team_ids: ['east', 'north'], today: cases.today, timezone: 'Asia/Tokyo' };

const parseGiven = object({ key: text, owner: nullable(text), team: nullable(text), phones: optional(listOf(text), []), tags: optional(listOf(text), []) });

/** As the server would send it: telephones in international form. */
function toAccount(given: Record<string, unknown>) {
  const { owner, team, phones, tags } = parseGiven(given, 'account');
  const international = phones.map((typed) => ({ number: `+81${typed.replace(/\D/g, '').slice(1)}`, label: '' }));
  const kept = tags.map((tag) => tag.normalize('NFKC'));
  return account({ ...given, owner_id: owner ? PEOPLE[owner] : null, team_id: team, phones: international, tags: kept });
}

const rows = cases.accounts.map((given) => toRow(toAccount(given)));
const keys = new Map(rows.map((row, index) => [row.id, parseGiven(cases.accounts[index], 'account').key]));
const keysOf = (found: { id: string }[]) => found.map((row) => keys.get(row.id));
const shown = (filter: Partial<AccountFilter>) => keysOf(rows.filter(matcher({ ...NO_FILTER, ...filter }, who)));

describe('the phone’s lists follow the shared cases', () => {
  test.each(cases.filters)('filter: $name', ({ filter, query, expected }) => {
    expect(shown(filter)).toEqual(expect.arrayContaining(expected));
    expect(shown(filter)).toHaveLength(expected.length);
    const asked = [...toQuery({ ...NO_FILTER, ...filter }, who)].sort();
    const wanted = Object.entries(query).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one: unknown) => [name, String(one)]));
    expect(asked).toEqual(wanted.sort());
  });

  test.each(cases.searches)('search: $q', ({ q, expected }) => {
    expect(new Set(shown({ q }))).toEqual(new Set(expected));
  });

  test.each(cases.orders)('order: $sort', ({ sort, expected }) => {
    const found = keysOf(sorted(rows, sort, cases.here, ['A', 'B', 'C', 'D']));
    // Those without a value come last; in which order, the phone (by name) and the server (by id) differ.
    const ordered = expected.length - (cases.without_value[sort] ?? 0);
    expect(found.slice(0, ordered)).toEqual(expected.slice(0, ordered));
    expect(new Set(found)).toEqual(new Set(expected));
  });
});
