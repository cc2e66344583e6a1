/** Accounts as a CSV file, made on the phone: the columns and headings of the server's export, so that it can be imported again. Pure. */
import type { CustomField } from '../core/session';
import { dayIn } from '../core/time';
import { displayPhones } from './phones';
import type { Account } from './wire';

export interface CsvWords {
  language: 'ja' | 'en';
  timezone: string;
  custom_fields: Pick<CustomField, 'key' | 'label_ja' | 'label_en'>[];
  statusName: (no: number) => string;
  userName: (id: string | null) => string;
  kindName: (kind: Account['kind']) => string;
}

type Column = readonly [ja: string, en: string, value: (account: Account, words: CsvWords) => string | number | null];

/** A number is a fax when its label says so. */
const FAX = /^fax/i;
const numbers = (account: Account, isFax: boolean): string[] => displayPhones(account).filter((_, index) => FAX.test(account.phones[index]?.label ?? '') === isFax);

/** The server's fieldcrm/imports/field_names.py in the order of its export (tests/cases/export_columns.json holds both to it). */
const COLUMNS: readonly Column[] = [
  ['FieldCRM ID', 'FieldCRM ID', ({ id }) => id],
  ['外部ID', 'External ID', ({ external_id }) => external_id],
  ['名称', 'Name', ({ name }) => name],
  ['フリガナ', 'Kana', ({ name_kana }) => name_kana],
  ['種別', 'Kind', ({ kind }, words) => words.kindName(kind)],
  ['郵便番号', 'Postal code', ({ postal_code }) => postal_code],
  ['都道府県', 'Prefecture', ({ prefecture }) => prefecture],
  ['市区町村', 'Municipality', ({ municipality }) => municipality],
  ['住所', 'Address', ({ address }) => address],
  ['建物名', 'Building', ({ building }) => building],
  ['緯度', 'Latitude', ({ lat }) => lat],
  ['経度', 'Longitude', ({ lon }) => lon],
  ['電話番号', 'Phone', (account) => numbers(account, false)[0] ?? null],
  ['電話番号2', 'Phone 2', (account) => numbers(account, false)[1] ?? null],
  ['FAX', 'Fax', (account) => numbers(account, true)[0] ?? null],
  ['メールアドレス', 'E-mail', ({ email }) => email],
  ['URL', 'Website', ({ web }) => web],
  ['ステータス', 'Status', ({ status }, words) => words.statusName(status)],
  ['受注確度', 'Win probability', ({ win_prob }) => win_prob],
  ['ランク', 'Rank', ({ rank }) => rank],
  ['担当者', 'Owner', ({ owner_id }, words) => words.userName(owner_id)],
  ['タグ', 'Tags', ({ tags }) => tags.join(', ')],
  ['訪問間隔（日）', 'Cadence days', ({ cadence_days }) => cadence_days],
  ['備考', 'Notes', ({ notes }) => notes],
  ['最終訪問日', 'Last visit', ({ last_visit_at }, words) => last_visit_at && minuteOf(last_visit_at, words.timezone)],
];

/** 2026-11-22 14:50 on the organisation's clock. */
function minuteOf(at: string, timezone: string): string {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, hour: '2-digit', minute: '2-digit' }).format(new Date(at));
  return `${dayIn(timezone, at)} ${clock}`;
}

const customText = (value: unknown): string | number | null => (value === null || value === undefined ? null : typeof value === 'number' ? value : String(value));

export function headings({ language, custom_fields }: Pick<CsvWords, 'language' | 'custom_fields'>): string[] {
  const own = custom_fields.map((field) => (language === 'ja' ? field.label_ja : field.label_en) || field.key);
  return [...COLUMNS.map(([ja, en]) => (language === 'ja' ? ja : en)), ...own];
}

/** The whole file: UTF-8 with the mark by which Excel knows it, a line of headings, a line for each account. */
export function toCsv(accounts: readonly Account[], words: CsvWords): string {
  const lines = accounts.map((account) => [
    ...COLUMNS.map(([, , value]) => value(account, words)),
    ...words.custom_fields.map(({ key }) => customText(account.custom[key])),
  ]);
  return `\ufeff${[headings(words), ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('')}`;
}

/** What a spreadsheet would run as a formula gets an apostrophe, as the server's export does it and its import takes it off. */
export const guarded = (text: string): string => (/^'?[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function cell(value: string | number | null): string {
  // A number is no formula: a longitude in the west keeps its minus.
  const text = typeof value === 'number' ? String(value) : guarded(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
