/** Two accounts that are the same customer, side by side: what stays, what is taken over. As the server does it (fieldcrm/accounts/merging.py). Pure. */
import { isSame } from '../core/same';
import type { Account } from './wire';

/** What becomes of a field: the value of the one that stays, that of the other (it had none), or both together. */
export type Outcome = 'stays' | 'taken' | 'both';

export interface Compared {
  field: keyof Account;
  stays: unknown;
  goes: unknown;
  outcome: Outcome;
}

/** Taken over where the one that stays has none: what belongs together goes together. */
const FILLED: readonly (readonly (keyof Account)[])[] = [
  ['name_kana'], ['external_id'], ['email'], ['web'], ['rank'], ['cadence_days'], ['opening_hours'], ['notes'], ['win_prob'], ['owner_id', 'team_id'],
  ['postal_code', 'prefecture', 'municipality', 'address', 'building'],
];
const UNITED: readonly (keyof Account)[] = ['tags', 'phones'];
const SHOWN: readonly (keyof Account)[] = [
  'name', 'name_kana', 'kind', 'status', 'win_prob', 'rank', 'owner_id', 'address', 'building', 'postal_code', 'phones', 'email', 'web', 'tags', 'cadence_days', 'opening_hours', 'external_id', 'notes',
];

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0);

/** The fields in which they differ. */
export function compared(stays: Account, goes: Account): Compared[] {
  return SHOWN.filter((field) => !isSame(stays[field], goes[field]))
    .filter((field) => !isEmpty(stays[field]) || !isEmpty(goes[field]))
    .map((field) => ({ field, stays: stays[field], goes: goes[field], outcome: outcomeOf(field, stays, goes) }));
}

function outcomeOf(field: keyof Account, stays: Account, goes: Account): Outcome {
  if (UNITED.includes(field)) return isEmpty(goes[field]) ? 'stays' : isEmpty(stays[field]) ? 'taken' : 'both';
  const group = FILLED.find((names) => names.includes(field));
  return group?.every((name) => isEmpty(stays[name])) && !isEmpty(goes[field]) ? 'taken' : 'stays';
}

interface Known {
  id: string;
  name: string;
  kana: string;
  place: string;
  phone: string | null;
}

/** How alike two accounts are, for what to offer first: the telephone number, the name, the reading, the place. */
export function likeness(a: Known, b: Known): number {
  const same = (x: string | null, y: string | null) => (x && y && x.normalize('NFKC') === y.normalize('NFKC') ? 1 : 0);
  return 4 * same(a.phone, b.phone) + 3 * same(a.name, b.name) + 2 * same(a.kana, b.kana) + same(a.place, b.place);
}
