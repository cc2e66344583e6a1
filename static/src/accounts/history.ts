/** Changes of fields as people read them. */
import type { Key } from '../core/i18n/i18n.svelte';

export interface HistoryLine {
  field: string;
  label: Key | null;
  /** The name of a field of the organisation's own. */
  name: string;
  before: string;
  after: string;
}

interface Words {
  statusName: (no: number) => string;
  userName: (id: string | null) => string;
  sourceText: (source: string) => string;
  fieldLabel: (key: string) => string;
  yes: () => string;
  no: () => string;
}

const LABELS: Record<string, Key> = {
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
};

/** What the server keeps for itself and nobody asks about. */
const HIDDEN = /^(version|change_seq|updated_at|created_at|created_by|deleted_at|search.*|qk|geom.*|geog|geo_(at|flags|matched)|precision|lon|lat|prefecture|municipality|team_id|win_prob_(by|at)|due_on|last_.*|.*_key)$/;

/** What an entry of making, deleting or bringing back says is said by its name alone. */
const PLAIN = new Set(['create', 'insert', 'delete', 'restore', 'import']);

export function historyLines(entry: { action: string; changes: Record<string, unknown> }, words: Words): HistoryLine[] {
  if (PLAIN.has(entry.action)) return [];
  return Object.entries(entry.changes)
    .filter(([field]) => !HIDDEN.test(field))
    .flatMap(([field, change]): [string, unknown][] => (field === 'custom' ? customChanges(change) : [[field, change]]))
    .map(([field, change]) => {
      const [before, after] = Array.isArray(change) ? change : [null, change];
      return { field, label: LABELS[field] ?? null, name: words.fieldLabel(field), before: valueText(field, before, words), after: valueText(field, after, words) };
    });
}

/** The organisation's own fields come in one object: only those that differ are told. */
function customChanges(change: unknown): [string, unknown][] {
  const [before, after] = (Array.isArray(change) ? change : [null, change]).map((side: unknown): Record<string, unknown> => (typeof side === 'object' && side ? { ...side } : {}));
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return keys.filter((key) => before?.[key] !== after?.[key]).map((key) => [key, [before?.[key] ?? null, after?.[key] ?? null]]);
}

function valueText(field: string, value: unknown, words: Words): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return '–';
  if (field === 'geo_source' && typeof value === 'string') return words.sourceText(value);
  if (field === 'status' && typeof value === 'number') return words.statusName(value);
  if (field.endsWith('_id') && typeof value === 'string') return words.userName(value) || value;
  if (field === 'win_prob') return `${String(value)}%`;
  if (typeof value === 'boolean') return value ? words.yes() : words.no();
  if (Array.isArray(value)) return value.map((item: unknown) => (typeof item === 'object' && item && 'number' in item ? String(item.number) : String(item))).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
