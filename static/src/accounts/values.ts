/** Fields and their values as people read them: in the history, and where two values of one field met. Pure. */
import type { Key } from '../core/i18n/i18n.svelte';
import { nullable, number, object, text, type Parsed } from '../core/parse';
import { displayPhone } from './phones';

export interface Words {
  statusName: (no: number) => string;
  outcomeName: (no: number) => string;
  userName: (id: string | null) => string;
  sourceText: (source: string) => string;
  /** The name of a field of the organisation's own. */
  fieldLabel: (key: string) => string;
  hours: (value: object) => string;
  day: (day: string) => string;
  moment: (at: string) => string;
  /** When an appointment is; nothing for what is no such time. */
  times: (value: object) => string;
  yes: () => string;
  no: () => string;
}

const ACCOUNT: Record<string, Key> = {
  name: 'account.name',
  name_kana: 'account.kana',
  address: 'account.address',
  building: 'account.building',
  postal_code: 'account.postal_code',
  phones: 'account.phone',
  email: 'account.email',
  web: 'account.web',
  status: 'account.status',
  win_prob: 'account.win_prob',
  rank: 'account.rank',
  owner_id: 'account.owner',
  tags: 'account.tags',
  cadence_days: 'account.cadence',
  opening_hours: 'account.hours',
  notes: 'account.notes',
  next_action: 'visit.next_action',
  next_action_on: 'visit.next_day',
  external_id: 'account.external_id',
  kind: 'account.kind',
  geo_source: 'account.position',
  position: 'account.position',
  merged_into: 'history.merged_into',
  merged_from: 'history.merged_from',
};

/** Fields of what hangs on an account, where they are called otherwise. */
const OTHERS: Record<string, Record<string, Key>> = {
  contact: { name: 'contacts.name', title: 'contacts.job', department: 'contacts.department' },
  appointment: { title: 'appointments.title', time: 'appointments.day', place: 'appointments.place', invitees: 'appointments.invitees' },
  task: { title: 'visit.next_what', due_on: 'visit.next_day', done_at: 'history.task_done', done: 'history.task_done' },
  activity: { outcome: 'visit.outcome', note: 'visit.note', duration_min: 'visit.duration', contact_ids: 'visit.people', occurred_at: 'visit.time' },
};

/** Split `contact.title` and `custom.beds`: what it is a field of, and its own name. */
function partsOf(field: string): { entity: string; name: string } {
  const dot = field.indexOf('.');
  const head = field.slice(0, dot);
  return dot > 0 && (head in OTHERS || head === 'custom') ? { entity: head, name: field.slice(dot + 1) } : { entity: 'account', name: field };
}

/** The name of a field as a key of the words; null for one of the organisation's own, or unknown. */
export function labelKey(field: string): Key | null {
  const { entity, name } = partsOf(field);
  return entity === 'custom' ? null : (OTHERS[entity]?.[name] ?? ACCOUNT[name] ?? null);
}

/** The name of a field that has no key: the organisation's own. */
export const ownName = (field: string, words: Words): string => words.fieldLabel(partsOf(field).name);

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function valueText(field: string, value: unknown, words: Words): string {
  if (isEmpty(value)) return '–';
  const { name } = partsOf(field);
  if (typeof value === 'number') return numberText(name, value, words);
  if (typeof value === 'string') return stringText(name, value, words);
  if (typeof value === 'boolean') return value ? words.yes() : words.no();
  if (Array.isArray(value)) return value.map((item: unknown) => itemText(item)).join(', ');
  if (typeof value !== 'object' || value === null) return '';
  if (name === 'opening_hours') return words.hours(value) || '–';
  if (field === 'appointment.time') return words.times(value);
  if (field === 'appointment.place') return 'name' in value && typeof value.name === 'string' ? value.name : positionText(value, words);
  if (name === 'position') return positionText(value, words);
  return JSON.stringify(value);
}

function numberText(name: string, value: number, words: Words): string {
  if (name === 'status') return words.statusName(value);
  if (name === 'outcome') return words.outcomeName(value);
  return name === 'win_prob' ? `${value}%` : String(value);
}

function stringText(name: string, value: string, words: Words): string {
  if (name === 'geo_source') return words.sourceText(value);
  if (name.endsWith('_id')) return words.userName(value) || value;
  if (DAY.test(value)) return words.day(value);
  return name.endsWith('_at') ? words.moment(value) : value;
}

const itemText = (item: unknown): string => (typeof item === 'object' && item && 'number' in item ? displayPhone(String(item.number)) : String(item));

const parsePlace = object({ lon: number, lat: number, source: nullable(text) });

/** A position as conflicts and the history hold it; null for none. */
export function placeOf(value: unknown): Parsed<typeof parsePlace> | null {
  try {
    return parsePlace(value, 'position');
  } catch {
    return null;
  }
}

/** Where a pin is from, and where it is. */
function positionText(value: object, words: Words): string {
  const place = placeOf(value);
  if (!place) return '–';
  const { lon, lat, source } = place;
  const point = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  return source ? `${words.sourceText(source)} (${point})` : point;
}
