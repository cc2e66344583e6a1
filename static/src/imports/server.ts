/** Imports happen on the server: what can be asked of it. Online only. */
import { request } from '../core/http';
import { anything } from '../core/parse';
import { fetchWhole } from '../core/whole';
import { parseImport, parsePreview, parseRowsPage, type Import, type ImportPreview, type RowsPage } from './wire';

/** Reading a large file takes the server longer than any other answer. */
const UPLOAD_MS = 120_000;

export function upload(file: File, encoding: string): Promise<ImportPreview> {
  const form = new FormData();
  form.set('file', file);
  if (encoding) form.set('encoding', encoding);
  return request('POST', '/api/imports', parsePreview, { form, timeoutMs: UPLOAD_MS });
}

export const setMapping = (id: string, mapping: Record<string, string | null>): Promise<ImportPreview> =>
  request('PUT', `/api/imports/${id}/mapping`, parsePreview, { body: { mapping }, timeoutMs: UPLOAD_MS });

export const startImport = (id: string): Promise<unknown> => request('POST', `/api/imports/${id}/start`, anything, { body: {} });

export const getImport = (id: string): Promise<Import> => request('GET', `/api/imports/${id}`, parseImport);

export const listImports = (): Promise<Import[]> => fetchWhole('/api/imports', parseImport);

export function listRows(id: string, state: 'refused' | 'flagged', cursor: string | null): Promise<RowsPage> {
  const query = new URLSearchParams({ state, limit: '50', ...(cursor ? { cursor } : {}) });
  return request('GET', `/api/imports/${id}/rows?${query}`, parseRowsPage);
}

/** Try a refused row again with corrected values. */
export const retryRow = (id: string, row_no: number, values: Record<string, string>): Promise<unknown> =>
  request('POST', `/api/imports/${id}/rows/${row_no}/retry`, anything, { body: { values } });

export const undoImport = (id: string): Promise<unknown> => request('POST', `/api/imports/${id}/undo`, anything, { body: {} });
