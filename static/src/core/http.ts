/** The one place (with sync/) that talks to the server: JSON in, parsed JSON or a typed error out. */
import type { Parser } from './parse';
import { Problem, Unreachable, parseProblemDocument } from './problem';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One device's line to the server. The page has one; a process that plays several phones has one for each. */
export interface Connection {
  /** Empty: the page's own. */
  origin: string;
  csrf_token: string;
  device_id: string | null;
  fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** This device's clock, in milliseconds. */
  now: () => number;
  /** How far the server's clock was ahead of it at the last answer; null before the first. */
  ahead_ms: number | null;
}

/** Make a line to the server: the page's own unless told otherwise. */
export function connect(given: Partial<Connection> = {}): Connection {
  return {
    origin: '',
    csrf_token: '',
    device_id: null,
    // Looked up at each call: a bare reference would lose its window.
    fetch: (input, init) => fetch(input, init),
    now: () => Date.now(),
    ahead_ms: null,
    ...given,
  };
}

/** The line of this page (or worker). */
export const ownConnection: Connection = connect();

export interface RequestOptions {
  body?: unknown;
  form?: FormData;
  /** Sent as they are. */
  bytes?: ArrayBuffer;
  headers?: Record<string, string>;
  idempotencyKey?: string;
  etag?: string;
  timeoutMs?: number;
  via?: Connection;
}

export interface Answer {
  status: number;
  body: unknown;
  etag: string | null;
}

const DEFAULT_TIMEOUT_MS = 20_000;
const AHEAD_TIMEOUT_MS = 120_000;

export function setCsrfToken(token: string): void {
  ownConnection.csrf_token = token;
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

/** Asked for before anybody wanted it, by path. */
const ahead = new Map<string, Promise<Response>>();

/** Begin to fetch what this page will want in a moment: the next request for exactly this is given the answer. */
export function askAhead(path: string): void {
  const asking = ask('GET', path, { timeoutMs: AHEAD_TIMEOUT_MS });
  // Heard by who wants it.
  asking.catch(() => undefined);
  ahead.set(path, asking);
}

/** Send one request and return whatever answer came. Throws Unreachable when none did. */
export async function reach(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const { via = ownConnection } = options;
  const asked = method === 'GET' && via === ownConnection ? ahead.get(path) : undefined;
  if (asked) ahead.delete(path);
  try {
    const response = await (asked ?? ask(method, path, options));
    const served_at = Date.parse(response.headers.get('Date') ?? '');
    if (!Number.isNaN(served_at)) via.ahead_ms = served_at - via.now();
    return response;
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  }
}

function ask(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const { via = ownConnection } = options;
  return via.fetch(via.origin + path, {
    method,
    headers: headersOf(method, options, via),
    body: options.form ?? options.bytes ?? (options.body === undefined ? null : JSON.stringify(options.body)),
    credentials: 'same-origin',
    cache: 'no-store',
    // A redirect is never an answer of ours: it is a sign-in page, ours or a hotel's.
    redirect: 'error',
    signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
  });
}

function headersOf(method: Method, options: RequestOptions, via: Connection): Headers {
  const headers = new Headers({ Accept: 'application/json', ...options.headers });
  if (options.body !== undefined) headers.set('Content-Type', 'application/json');
  if (options.bytes) headers.set('Content-Type', 'application/octet-stream');
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey);
  if (options.etag) headers.set('If-None-Match', options.etag);
  if (via.device_id) headers.set('X-Device', via.device_id);
  if (method !== 'GET') headers.set('X-CSRFToken', via.csrf_token);
  return headers;
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
