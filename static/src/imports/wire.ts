/** Imports as they come over the wire, and how they are read. */
import { flag, listOf, mapOf, nullable, number, object, oneOf, optional, text, type Parsed } from '../core/parse';

export const STATES = ['draft', 'queued', 'running', 'done', 'failed', 'interrupted', 'undone', 'undoing'] as const;

const parseProblem = object({ field: nullable(text), code: optional(text, ''), message: text });
const valueText = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

export const parsePreview = object({
  id: text,
  filename: text,
  format: nullable(text),
  encoding: nullable(text),
  delimiter: nullable(text),
  row_count_estimate: nullable(number),
  columns: listOf(
    object({
      index: number,
      header: optional(text, ''),
      samples: optional(listOf(valueText), []),
      field: nullable(text),
      confidence: nullable(number),
    }),
  ),
  fields: listOf(object({ key: text, label: text })),
  mapping: optional(mapOf(nullable(text)), {}),
  preview: optional(
    listOf(object({ row_no: number, values: optional(mapOf(valueText), {}), problems: optional(listOf(parseProblem), []) })),
    [],
  ),
});

export type ImportPreview = Parsed<typeof parsePreview>;

export const parseImport = object({
  id: text,
  filename: text,
  state: oneOf(...STATES),
  counts: object({
    total: optional(number, 0),
    done: optional(number, 0),
    created: optional(number, 0),
    updated: optional(number, 0),
    unchanged: optional(number, 0),
    refused: optional(number, 0),
    flagged: optional(number, 0),
  }),
  rows_per_s: nullable(number),
  started_at: nullable(text),
  finished_at: nullable(text),
  message: nullable(text),
  can_undo: optional(flag, false),
});

export type Import = Parsed<typeof parseImport>;

export const parseImportRow = object({
  row_no: number,
  state: text,
  problems: optional(listOf(parseProblem), []),
  values: optional(mapOf(valueText), {}),
  account_id: nullable(text),
});

/** A page of rows, with the names of the fields their values and problems are about. */
export const parseRowsPage = object({
  items: listOf(parseImportRow),
  fields: listOf(object({ key: text, label: text })),
  next_cursor: nullable(text),
});

export type RowsPage = Parsed<typeof parseRowsPage>;

export type ImportRow = Parsed<typeof parseImportRow>;
