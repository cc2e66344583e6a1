/** The first part of a first load: the rows of lists and map, read column by column and made a portion at a time. */
import { toRow, type AccountRow, type Listed } from '../accounts/rules';
import { ACCOUNT_FIELDS } from '../accounts/wire';
import { breath, columnOf, countOf, type Table } from './columns';

/** How long the page may be kept from painting. */
const PORTION_MS = 60;
/** The clock is looked at once in so many rows. */
const ROWS_PER_LOOK = 100;

const FIELDS = [
  'id', 'kind', 'name', 'name_kana', 'external_id', 'postal_code', 'prefecture', 'municipality', 'municipality_code', 'address', 'building', 'phones', 'status', 'win_prob', 'rank', 'owner_id',
  'team_id', 'tags', 'custom', 'lon', 'lat', 'precision', 'last_visit_at', 'last_outcome', 'due_on', 'next_action_on',
] as const;
// A field forgotten above would be missing in every row: this line does not compile then.
const isWhole: keyof Listed extends (typeof FIELDS)[number] ? true : never = true;

/** The rows of the accounts in a table. Throws UnreadableError when a value is not what this build can read. */
export async function readListed(table: Table | undefined): Promise<AccountRow[]> {
  const rows: AccountRow[] = [];
  if (!table || !isWhole) return rows;
  const columns = FIELDS.map((name) => columnOf<unknown>(table, name, ACCOUNT_FIELDS[name]));
  let due_ms = performance.now() + PORTION_MS;
  for (let at = 0; at < countOf(table); at += 1) {
    rows.push(toRow(listedAt(columns, at)));
    if (at % ROWS_PER_LOOK === 0 && performance.now() > due_ms) {
      await breath();
      due_ms = performance.now() + PORTION_MS;
    }
  }
  return rows;
}

function listedAt(columns: unknown[][], at: number): Listed {
  const listed: Record<string, unknown> = {};
  for (let number = 0; number < FIELDS.length; number += 1) listed[FIELDS[number] ?? ''] = columns[number]?.[at];
  // Each column has been read by its field's own parser; TypeScript cannot follow it field by field.
  return listed as Listed;
}
