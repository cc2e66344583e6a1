/** How an operation reaches the server: today one REST request each, with op_id as its idempotency key. */
import { object, text } from '../core/parse';
import { Problem, Unreachable } from '../core/problem';
import { send, type Answer, type Method } from '../core/http';
import type { EntityStore } from '../store/schema';
import type { Operation, Refusal } from './operations';

/** What came of an operation: acknowledged (with the server's row), refused for good, or to be tried later. */
export type Delivery =
  | { kind: 'receipt'; store: EntityStore | null; row: unknown }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'later'; reason: 'unreachable' | 'signed_out' };

export interface Courier {
  /** How many operations it takes at once. */
  batch_size: number;
  /** Answers in the order of the batch; the answers stop after the first `later`. */
  deliver(batch: Operation[]): Promise<Delivery[]>;
}

interface Address {
  method: Method;
  path: string;
  store: EntityStore | null;
}

function addressOf(operation: Operation): Address | null {
  const id = operation.entity_id;
  switch (operation.type) {
    case 'activity.log':
      return { method: 'POST', path: '/api/activities', store: 'activities' };
    case 'activity.amend':
      return { method: 'PATCH', path: `/api/activities/${id}`, store: 'activities' };
    case 'account.create':
      return { method: 'POST', path: '/api/accounts', store: 'accounts' };
    case 'account.update':
      return { method: 'PATCH', path: `/api/accounts/${id}`, store: 'accounts' };
    case 'account.move':
      return { method: 'PUT', path: `/api/accounts/${id}/position`, store: 'accounts' };
    case 'account.delete':
      return { method: 'DELETE', path: `/api/accounts/${id}`, store: null };
    case 'account.restore':
      return { method: 'POST', path: `/api/accounts/${id}/restore`, store: 'accounts' };
    case 'contact.create':
      return { method: 'POST', path: '/api/contacts', store: 'contacts' };
    case 'contact.update':
      return { method: 'PATCH', path: `/api/contacts/${id}`, store: 'contacts' };
    case 'contact.delete':
      return { method: 'DELETE', path: `/api/contacts/${id}`, store: null };
    case 'task.update':
      return { method: 'PATCH', path: `/api/tasks/${id}`, store: 'tasks' };
    default:
      // Only POST /api/sync/push takes these.
      return null;
  }
}

/** Passing troubles of the way or the server, never the operation's fault. */
const LATER = new Set([408, 425, 429]);

export interface CourierOptions {
  origin?: string;
  /** Fetch a new CSRF token; true when that worked and the request may be tried once more. */
  renew?: () => Promise<boolean>;
}

export function restCourier({ origin, renew }: CourierOptions = {}): Courier {
  const base = origin === undefined ? {} : { origin };

  async function attempt(operation: Operation, address: Address): Promise<Delivery> {
    const isBare = address.method === 'DELETE' || operation.type === 'account.restore';
    const answer = await send(address.method, address.path, {
      ...base,
      idempotencyKey: operation.op_id,
      ...(isBare ? {} : { body: operation.body }),
    });
    return receipt(answer, operation, address);
  }

  async function deliver(operation: Operation): Promise<Delivery> {
    const address = addressOf(operation);
    if (!address) return { kind: 'later', reason: 'unreachable' };
    try {
      return await attempt(operation, address);
    } catch (error) {
      if (error instanceof Problem && error.code.startsWith('csrf') && (await renew?.())) {
        return attempt(operation, address).catch(judge);
      }
      return judge(error);
    }
  }

  return { batch_size: 1, deliver: (batch) => Promise.all(batch.map(deliver)) };
}

const parseIdentity = object({ id: text });

function receipt(answer: Answer, operation: Operation, address: Address): Delivery {
  if (address.store === null || answer.body === null) return { kind: 'receipt', store: null, row: null };
  try {
    const { id } = parseIdentity(answer.body, '');
    if (id === operation.entity_id) return { kind: 'receipt', store: address.store, row: answer.body };
  } catch {
    // Falls through: an answer about something else acknowledges nothing.
  }
  return { kind: 'later', reason: 'unreachable' };
}

function judge(error: unknown): Delivery {
  if (error instanceof Unreachable) return { kind: 'later', reason: 'unreachable' };
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401 || error.code.startsWith('csrf')) return { kind: 'later', reason: 'signed_out' };
  if (error.status >= 500 || LATER.has(error.status)) return { kind: 'later', reason: 'unreachable' };
  const { status, code, message, errors } = error;
  return { kind: 'refused', refusal: { status, code, message, errors, at: new Date().toISOString() } };
}
