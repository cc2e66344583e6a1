/** The one place (with sync/) that talks to the server: JSON in, parsed JSON or a typed error out. */
import type { Parser } from './parse';
import { Problem, Unreachable, parseProblemDocument } from './problem';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  body?: unknown;
  form?: FormData;
  idempotencyKey?: string;
  etag?: string;
  timeoutMs?: number;
  /** Prefix of a server in tests; the page's own origin otherwise. */
  origin?: string;
}

export interface Answer {
  status: number;
  body: unknown;
  etag: string | null;
}

const DEFAULT_TIMEOUT_MS = 20_000;
let csrfToken = '';

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** Send one request. Throws Problem for a refusal and Unreachable when no answer of ours came back. */
export async function send(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await reach(method, path, options);
  const etag = response.headers.get('ETag');
  if (response.status === 304 || response.status === 204) return { status: response.status, body: null, etag };
  const body = await readJson(response);
  if (response.ok) return { status: response.status, body, etag };
  throw new Problem(response.status, parseProblemDocument(body ?? {}, ''));
}

/** Send one request and parse its answer. */
export async function request<T>(method: Method, path: string, parse: Parser<T>, options: RequestOptions = {}): Promise<T> {
  const answer = await send(method, path, options);
  return parse(answer.body, '');
}

async function reach(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json' });
  if (options.body !== undefined) headers.set('Content-Type', 'application/json');
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey);
  if (options.etag) headers.set('If-None-Match', options.etag);
  if (method !== 'GET') headers.set('X-CSRFToken', csrfToken);
  try {
    return await fetch((options.origin ?? '') + path, {
      method,
      headers,
      body: options.form ?? (options.body === undefined ? null : JSON.stringify(options.body)),
      credentials: 'same-origin',
      cache: 'no-store',
      // A redirect is never an answer of ours: it is a sign-in page, ours or a hotel's.
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    });
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  }
}

async function readJson(response: Response): Promise<unknown> {
  const type = response.headers.get('Content-Type') ?? '';
  if (!/^application\/([\w.+-]+\+)?json/.test(type)) {
    if (response.ok) throw new Unreachable(`unexpected content type ${type}`);
    return null;
  }
  try {
    return await response.json();
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  }
}
