/** Changes of fields as people read them. */
import type { Key } from '../core/i18n/i18n.svelte';

export interface HistoryLine {
  field: string;
  label: Key | null;
  before: string;
  after: string;
}

interface Words {
  statusName: (no: number) => string;
  userName: (id: string | null) => string;
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
};

/** What the server keeps for itself and nobody asks about. */
const HIDDEN = /^(version|change_seq|updated_at|created_at|created_by|search|folded|qk|geom|geog|geom_3857|win_prob_(by|at)|due_on|.*_key)$/;

export function historyLines(changes: Record<string, unknown>, words: Words): HistoryLine[] {
  return Object.entries(changes)
    .filter(([field]) => !HIDDEN.test(field))
    .map(([field, change]) => {
      const [before, after] = Array.isArray(change) ? change : [null, change];
      return { field, label: LABELS[field] ?? null, before: valueText(field, before, words), after: valueText(field, after, words) };
    });
}

function valueText(field: string, value: unknown, words: Words): string {
  if (value === null || value === undefined || value === '') return '–';
  if (field === 'status' && typeof value === 'number') return words.statusName(value);
  if (field.endsWith('_id') && typeof value === 'string') return words.userName(value) || value;
  if (field === 'win_prob') return `${String(value)}%`;
  if (typeof value === 'boolean') return value ? words.yes() : words.no();
  if (Array.isArray(value)) return value.map((item: unknown) => (typeof item === 'object' && item && 'number' in item ? String(item.number) : String(item))).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
