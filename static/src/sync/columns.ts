/** Tables as columns, the form of a first load: read a portion at a time, so that the page stays at hand. */
import { UnreadableError, type Parser } from '../core/parse';

export interface Table {
  columns: string[];
  /** The values of each column, all of the same length. */
  data: unknown[][];
}

/** Looks at the shape only: each value is read with its row. */
export const parseTable: Parser<Table> = (value, path) => {
  if (typeof value === 'object' && value !== null && 'columns' in value && 'data' in value) {
    const { columns, data } = value;
    if (isList(columns) && columns.every((name) => typeof name === 'string') && isList(data) && data.every(isList) && data.length === columns.length) return { columns, data };
  }
  throw new UnreadableError(path, 'columns and their data');
};

const isList = (value: unknown): value is unknown[] => Array.isArray(value);

export const countOf = (table: Table | undefined): number => table?.data[0]?.length ?? 0;

/** Rows from one up to, but not including, another, as objects. */
export function rowsOf(table: Table | undefined, from: number, until: number): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  if (!table) return rows;
  const { columns, data } = table;
  for (let at = from; at < Math.min(until, countOf(table)); at += 1) {
    const row: Record<string, unknown> = {};
    for (let number = 0; number < columns.length; number += 1) row[columns[number] ?? ''] = data[number]?.[at];
    rows.push(row);
  }
  return rows;
}

/** The values of one column, each read by the parser; one that is not there reads as missing values. Throws UnreadableError. */
export function columnOf<T>(table: Table, name: string, parse: Parser<T>): T[] {
  const data = table.data[table.columns.indexOf(name)] ?? Array.from({ length: countOf(table) });
  return data.map((value) => parse(value, name));
}

export function idsOf(table: Table | undefined): string[] {
  const ids = table?.data[table.columns.indexOf('id')] ?? [];
  return ids.map(String);
}

/** Let the page paint and answer a finger. */
export const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
