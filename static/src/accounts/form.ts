/** The account form's values: text as typed, and what of it has changed. */
import type { AccountInput } from './actions';
import { readSpans, writeSpans, type Hours } from './hours';
import { displayPhones } from './phones';
import { WEEKDAYS, type Account } from './wire';

export interface AccountForm {
  kind: Account['kind'];
  name: string;
  name_kana: string;
  postal_code: string;
  address: string;
  building: string;
  phones: { number: string; label: string }[];
  email: string;
  web: string;
  status: string;
  win_prob: string;
  rank: string;
  owner_id: string;
  cadence_days: string;
  tags: string;
  hours: Record<(typeof WEEKDAYS)[number], string>;
  notes: string;
  custom: Record<string, string>;
}

/** Field names with what is wrong with them; numbered fields as the server names them (phones.0.number). */
export type FormErrors = Record<string, string>;

export function formOf(account: Partial<Account>): AccountForm {
  const hours = account.opening_hours ?? {};
  const phones = account.phones ?? [];
  const shown = displayPhones({ phones, phone_display: account.phone_display ?? null });
  return {
    kind: account.kind ?? 'company',
    name: account.name ?? '',
    name_kana: account.name_kana ?? '',
    postal_code: account.postal_code ?? '',
    address: account.address ?? '',
    building: account.building ?? '',
    phones: phones.length ? phones.map((phone, index) => ({ number: shown[index] ?? phone.number, label: phone.label })) : [{ number: '', label: '' }],
    email: account.email ?? '',
    web: account.web ?? '',
    status: String(account.status ?? 1),
    win_prob: account.win_prob === null || account.win_prob === undefined ? '' : String(account.win_prob),
    rank: account.rank ?? '',
    owner_id: account.owner_id ?? '',
    cadence_days: account.cadence_days ? String(account.cadence_days) : '',
    tags: (account.tags ?? []).join(', '),
    hours: Object.fromEntries(WEEKDAYS.map((day) => [day, writeSpans(hours[day] ?? [])])) as AccountForm['hours'],
    notes: account.notes ?? '',
    custom: Object.fromEntries(Object.entries(account.custom ?? {}).map(([key, value]) => [key, value === null || value === undefined ? '' : String(value)])),
  };
}

export interface FieldTypes {
  [key: string]: 'text' | 'number' | 'date' | 'choice';
}

/** The form as the server takes it. */
export function inputOf(form: AccountForm, types: FieldTypes): AccountInput {
  const orNull = (typed: string) => typed.trim() || null;
  return {
    kind: form.kind,
    name: form.name.trim(),
    name_kana: orNull(form.name_kana),
    postal_code: orNull(form.postal_code),
    address: orNull(form.address),
    building: orNull(form.building),
    phones: form.phones.filter((phone) => phone.number.trim()).map((phone) => ({ number: phone.number.trim(), label: phone.label.trim() })),
    email: orNull(form.email),
    web: orNull(form.web),
    status: Number(form.status),
    win_prob: numberOrNull(form.win_prob),
    rank: orNull(form.rank),
    owner_id: orNull(form.owner_id),
    cadence_days: numberOrNull(form.cadence_days),
    tags: form.tags.split(/[,、，]/).map((tag) => tag.trim()).filter(Boolean),
    opening_hours: hoursOf(form.hours),
    notes: orNull(form.notes),
    custom: Object.fromEntries(Object.entries(form.custom).map(([key, typed]) => [key, types[key] === 'number' ? numberOrNull(typed) : orNull(typed)])),
  };
}

function numberOrNull(typed: string): number | null {
  const plain = String(typed).normalize('NFKC').trim();
  return plain === '' || !Number.isFinite(Number(plain)) ? null : Number(plain);
}

function hoursOf(typed: AccountForm['hours']): Hours | null {
  const entries = WEEKDAYS.map((day) => [day, readSpans(typed[day]) ?? []] as const).filter(([, spans]) => spans.length);
  return entries.length ? Object.fromEntries(entries) : null;
}

/** Only the fields that differ: what a colleague changed meanwhile elsewhere stays. */
export function changedOf(before: AccountInput, after: AccountInput): AccountInput {
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof AccountInput])));
}

export type LocalProblem = 'required' | 'range' | 'hours' | 'number' | 'email';

/** What this phone can tell is wrong before the server is asked. */
export function problemsOf(form: AccountForm, types: FieldTypes): Record<string, LocalProblem> {
  const problems: Record<string, LocalProblem> = {};
  if (!form.name.trim()) problems['name'] = 'required';
  const isNumber = (typed: string) => Number.isFinite(Number(String(typed).normalize('NFKC').trim()));
  const win = numberOrNull(form.win_prob);
  if (form.win_prob && !isNumber(form.win_prob)) problems['win_prob'] = 'number';
  else if (win !== null && (win < 0 || win > 100)) problems['win_prob'] = 'range';
  const cadence = numberOrNull(form.cadence_days);
  if (form.cadence_days && (!isNumber(form.cadence_days) || cadence === null || cadence < 1 || cadence > 3650)) problems['cadence_days'] = 'number';
  if (form.email.trim() && !/^\S+@\S+$/.test(form.email.trim())) problems['email'] = 'email';
  for (const day of WEEKDAYS) if (readSpans(form.hours[day]) === null) problems[`opening_hours.${day}`] = 'hours';
  for (const [key, typed] of Object.entries(form.custom)) if (types[key] === 'number' && typed && !isNumber(typed)) problems[`custom.${key}`] = 'number';
  return problems;
}
