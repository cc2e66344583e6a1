/** Changes of fields as people read them. */
import type { Key } from '../core/i18n/i18n.svelte';
import { labelKey, ownName, valueText, type Words } from './values';

export interface HistoryLine {
  field: string;
  label: Key | null;
  /** The name of a field of the organisation's own. */
  name: string;
  before: string;
  after: string;
}

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
      return { field, label: labelKey(field), name: ownName(field, words), before: valueText(field, before, words), after: valueText(field, after, words) };
    });
}

/** The organisation's own fields come in one object: only those that differ are told. */
function customChanges(change: unknown): [string, unknown][] {
  const [before, after] = (Array.isArray(change) ? change : [null, change]).map((side: unknown): Record<string, unknown> => (typeof side === 'object' && side ? { ...side } : {}));
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return keys.filter((key) => before?.[key] !== after?.[key]).map((key) => [key, [before?.[key] ?? null, after?.[key] ?? null]]);
}
