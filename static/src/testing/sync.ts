/** A server's side of sync, as a test writes it: an answer to each operation, pages of changes, parts of a first load. */
import { connect, type Connection } from '../core/http';
import { batchCourier, type Courier } from '../sync/courier';
import type { Received, Reply, TestServer } from './server';

export interface Sent {
  op_id: string;
  type: string;
  entity_id: string;
  account_id: string | null;
  base_version: number | null;
  body: Record<string, unknown>;
}

export const DEVICE = '01920000-0000-7000-8000-00000000dddd';

export const lineTo = (server: TestServer): Connection => connect({ origin: server.origin });

export const courierTo = (server: TestServer, options: { renew?: () => Promise<boolean> } = {}): Courier =>
  batchCourier({ via: lineTo(server), device_id: DEVICE, ...options });

/** The operations of a request. */
export const operationsOf = (request: Received | undefined): Sent[] => (request?.body['operations'] ?? []) as Sent[];

/** All operations the server has received, request by request. */
export const batches = (server: TestServer): Sent[][] => server.received.filter((request) => request.path === '/api/sync/push').map(operationsOf);

/** The answer to a push: what `judge` says of each, otherwise applied. */
export function answerPush(request: Received, judge: (operation: Sent) => Record<string, unknown> | null = () => null): Reply {
  const results = operationsOf(request).map((operation) => ({ op_id: operation.op_id, status: 'applied', row: null, notes: [], conflict_ids: [], problem: null, ...judge(operation) }));
  return { body: { results, clock: 1 } };
}

export const refusal = (status: number, problem: Record<string, unknown> = {}) => ({ status: 'refused', problem: { status, title: 'no', code: 'invalid', ...problem } });

/** The answer to a pull. */
export const changes = (fields: Record<string, unknown> = {}): Reply => ({ body: { cursor: 1, reach: 'r', more: false, reset: false, ...fields }, headers: { ETag: '"7"' } });

/** Rows as the columns of a first load. */
export function columns(rows: Record<string, unknown>[]): { columns: string[]; data: unknown[][] } {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { columns: names, data: names.map((name) => rows.map((row) => row[name] ?? null)) };
}

/** The answer to a part of a first load. */
export function part(tables: Record<string, Record<string, unknown>[]>, fields: Record<string, unknown> = {}): Reply {
  const all = Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, columns(rows)]));
  return { body: { cursor: 5, reach: 'r', next: null, working_set: null, is_partial: false, total: 1, tables: all, ...fields } };
}
