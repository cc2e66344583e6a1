/** How operations reach the server: by the batch, and what it says to each of them. */
import { anything, listOf, nullable, number, object, oneOf, optional, text, type Parsed } from '../core/parse';
import { parseProblemDocument, Problem, Unreachable } from '../core/problem';
import { ownConnection, send, type Connection } from '../core/http';
import type { EntityStore } from '../store/schema';
import type { Operation, ReceiptStatus, Refusal } from './operations';
import { parseNote, type Note } from './wire';

/** A row as it now is on the server. */
export interface SentRow {
  store: EntityStore;
  value: unknown;
}

export interface Acknowledgement {
  kind: 'receipt';
  status: ReceiptStatus;
  rows: SentRow[];
  notes: Note[];
  conflict_ids: string[];
}

/** Why nothing came of it: no way to the server, nobody signed in, or the server is in some trouble. */
export interface Later {
  kind: 'later';
  reason: 'unreachable' | 'signed_out' | 'trouble';
  detail: string;
}

/** What came of an operation: acknowledged, refused for good, waiting for another one, or to be tried later. */
export type Delivery = Acknowledgement | { kind: 'refused'; refusal: Refusal } | { kind: 'blocked' } | Later;

export interface Courier {
  /** How many operations it takes at once. */
  batch_size: number;
  /** Answers in the order of the batch. */
  deliver(batch: Operation[]): Promise<Delivery[]>;
}

export interface CourierOptions {
  via?: Connection;
  device_id: string;
  /** Fetch a new CSRF token for the same user; true when that worked and the request may be tried once more. */
  renew?: () => Promise<boolean>;
}

const BATCH_SIZE = 50;
const TIMEOUT_MS = 60_000;
const PASSING = new Set([408, 425, 429]);
const STORES = ['accounts', 'contacts', 'activities', 'tasks', 'appointments', 'attachments', 'conflicts'] as const satisfies EntityStore[];

const parseSentRow = object({ store: text, value: anything });
const parseResult = object({
  op_id: text,
  status: oneOf('applied', 'duplicate', 'merged', 'conflict', 'refused', 'blocked'),
  row: nullable(parseSentRow),
  rows: optional(listOf(parseSentRow), []),
  notes: optional(listOf(parseNote), []),
  conflict_ids: optional(listOf(text), []),
  problem: nullable(anything),
});
const parseAnswer = object({ results: listOf(anything) });
const parseStatus = object({ status: optional(number, 0) });

type Result = Parsed<typeof parseResult>;

/** The courier of POST /api/sync/push. */
export function batchCourier({ via = ownConnection, device_id, renew }: CourierOptions): Courier {
  async function attempt(batch: Operation[]): Promise<Delivery[]> {
    const body = { device_id, sent_at: new Date(via.now()).toISOString(), operations: batch.map((operation) => messageOf(operation, device_id)) };
    const answer = await send('POST', '/api/sync/push', { via, body, timeoutMs: TIMEOUT_MS });
    return read(answer.body, batch, via.now());
  }

  async function deliver(batch: Operation[]): Promise<Delivery[]> {
    try {
      return await attempt(batch);
    } catch (error) {
      if (error instanceof Problem && error.code.startsWith('csrf') && (await renew?.())) {
        return attempt(batch).catch((again: unknown) => judge(again, batch, via.now()));
      }
      // Refused as a whole: one by one, so that only the one at fault is held back.
      if (batch.length > 1 && isRefusal(error)) return (await inTurn(batch, deliver)).flat();
      return judge(error, batch, via.now());
    }
  }

  return { batch_size: BATCH_SIZE, deliver };
}

/**
 * What of an operation goes over the wire: the same at every try, or the server takes it for another. One that was carried
 * here in a file says where it was recorded: what was done on this device was not known there.
 */
export function messageOf({ op_id, type, entity_id, account_id, base_version, body, recorded_at, seq, device_id }: Operation, sender: string): Record<string, unknown> {
  return { op_id, type, entity_id, account_id, base_version, body, recorded_at, seq: seq ?? null, ...(device_id === sender ? {} : { device_id }) };
}

async function inTurn(batch: Operation[], deliver: (part: Operation[]) => Promise<Delivery[]>): Promise<Delivery[][]> {
  const deliveries: Delivery[][] = [];
  for (const operation of batch) {
    const said = await deliver([operation]);
    deliveries.push(said);
    if (said[0]?.kind === 'later') break;
  }
  return deliveries;
}

/** An answer that does not name an operation of the batch, in its place, acknowledges nothing. */
function read(body: unknown, batch: Operation[], now: number): Delivery[] {
  const found = new Map<string, Delivery>();
  try {
    for (const item of parseAnswer(body, '').results) {
      const result = parseResult(item, 'result');
      found.set(result.op_id, deliveryOf(result, now));
    }
  } catch (error) {
    if (found.size === 0) return [{ kind: 'later', reason: 'unreachable', detail: String(error) }];
  }
  return batch.map((operation) => found.get(operation.op_id) ?? { kind: 'later', reason: 'unreachable', detail: 'no answer to an operation' });
}

function deliveryOf({ status, row, rows, notes, conflict_ids, problem }: Result, now: number): Delivery {
  if (status === 'blocked') return { kind: 'blocked' };
  if (status === 'refused') {
    const refused = new Problem(parseStatus(problem ?? {}, 'problem').status, parseProblemDocument(problem ?? {}, 'problem'));
    // The server's own fault is nothing that the person could mend: it waits, and the others go on.
    return refused.status >= 500 ? { kind: 'blocked' } : { kind: 'refused', refusal: refusalOf(refused, now) };
  }
  const sent = [...(row ? [row] : []), ...rows].flatMap(({ store, value }) => {
    const known = STORES.find((name) => name === store);
    return known && value !== null ? [{ store: known, value }] : [];
  });
  return { kind: 'receipt', status, rows: sent, notes, conflict_ids };
}

const refusalOf = ({ status, code, message, errors }: Problem, now: number): Refusal => ({ status, code, message, errors, at: new Date(now).toISOString() });

/** The server read the request and will never take it like this. */
const isRefusal = (error: unknown): error is Problem =>
  error instanceof Problem && [400, 413, 415, 422].includes(error.status) && !error.code.startsWith('csrf');

function judge(error: unknown, batch: Operation[], now: number): Delivery[] {
  if (error instanceof Unreachable) return [{ kind: 'later', reason: 'unreachable', detail: error.message }];
  if (!(error instanceof Problem)) throw error;
  if (batch.length === 1 && isRefusal(error)) return [{ kind: 'refused', refusal: refusalOf(error, now) }];
  if (error.status === 401 || error.code.startsWith('csrf')) return [{ kind: 'later', reason: 'signed_out', detail: error.message }];
  const isPassing = error.status >= 500 || error.status === 404 || PASSING.has(error.status);
  return [{ kind: 'later', reason: isPassing ? 'unreachable' : 'trouble', detail: error.message }];
}
