/** The way between a phone and the server, on which everything goes wrong that can. */
import type { Connection } from '../core/http';
import type { Chance } from './chance';
import type { Life } from './life';

export const FAULTS = [
  'request_lost',
  'answer_lost',
  'request_doubled',
  'request_delayed',
  'server_killed',
  'database_killed',
  'device_killed',
  'tab_closed',
  'storage_full',
  'clock_skewed',
  'session_expired',
  'app_updated',
  'two_tabs',
  'changed_meanwhile',
  'reassigned',
  'deleted',
  'merged',
  'wipe_asked',
] as const;

export type Fault = (typeof FAULTS)[number];
export type Counts = Record<Fault, number>;

export const noFaults = (): Counts => ({ ...(Object.fromEntries(FAULTS.map((name) => [name, 0])) as Counts) });

export interface Jar {
  cookie: string;
}

export interface Way {
  origin: string;
  chance: Chance;
  counts: Counts;
  /** How likely a request meets a fault; 0 when everything has healed. */
  trouble: number;
  kill: (what: 'server' | 'database') => Promise<void>;
}

const never = new Promise<never>(() => undefined);
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const lost = () => new TypeError('fetch failed');

/** The phone's `fetch`: with its cookies, through all the trouble of the way. */
export function fetchOf(way: Way, jar: Jar, options: { life: Life; isOnline: () => boolean }): Connection['fetch'] {
  const { life, isOnline } = options;

  async function reach(input: string, init: RequestInit, by: Jar): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('Cookie', `fieldcrm=${by.cookie}`);
    const url = new URL(input, way.origin);
    const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(60_000) });
    for (const line of response.headers.getSetCookie()) {
      const value = /^fieldcrm=([^;]*)/.exec(line)?.[1];
      if (value) by.cookie = value;
    }
    return response;
  }

  /** The whole answer before it is given: an answer is either there or not. */
  async function whole(input: string, init: RequestInit, by = jar): Promise<Response> {
    const response = await reach(input, init, by);
    const body = await response.arrayBuffer();
    return new Response([204, 304].includes(response.status) ? null : body, { status: response.status, headers: response.headers });
  }

  return async (input, init) => {
    if (life.isDead) return never;
    if (!isOnline()) throw lost();
    const answer = await withTrouble(input, init);
    // Whatever comes back to a phone that is off is heard by nobody.
    return life.isDead ? never : answer;
  };

  async function withTrouble(input: string, init: RequestInit): Promise<Response> {
    const { chance, counts } = way;
    if (!chance.is(way.trouble)) return whole(input, init);
    const fault = chance.weighed({ request_lost: 30, answer_lost: 30, request_doubled: 12, request_delayed: 12, device_killed: 14, server_killed: 1.5, database_killed: 0.2 });
    counts[fault] += 1;
    switch (fault) {
      case 'request_lost':
        throw lost();
      case 'answer_lost':
        await whole(input, init).catch(() => undefined);
        throw lost();
      case 'request_doubled': {
        const [first, second] = await Promise.allSettled([whole(input, init), whole(input, init)]);
        const heard = chance.is(0.5) ? first : second;
        if (heard.status === 'rejected') throw lost();
        return heard.value;
      }
      case 'request_delayed': {
        // Given up by the phone, it arrives all the same: after whatever the phone sends next, and as the one who sent it then.
        const delay = 5 + chance.below(60);
        const sender = { ...jar };
        late.add(pause(delay).then(() => whole(input, init, sender)).catch(() => undefined));
        throw lost();
      }
      case 'device_killed': {
        const dies = whole(input, init).catch(() => undefined);
        if (chance.is(0.5)) await dies;
        life.die();
        return never;
      }
      case 'server_killed':
      case 'database_killed': {
        const answer = whole(input, init);
        answer.catch(() => undefined);
        await pause(chance.below(12));
        await way.kill(fault === 'server_killed' ? 'server' : 'database');
        return answer;
      }
    }
  }
}

/** A request of somebody with patience: tried again while the server is being killed and comes back. */
export async function patiently(url: string, init: RequestInit): Promise<Response> {
  for (let left = 60; ; left -= 1) {
    const response = await fetch(url, init).catch((error: unknown) => {
      if (left === 0) throw error;
      return null;
    });
    if (response && response.status < 500) return response;
    if (left === 0) throw new Error(`${url}: ${String(response?.status)}`);
    await pause(1_000);
  }
}

const late = new Set<Promise<unknown>>();

/** Wait for all requests that are still on their way. */
export async function lateArrivals(): Promise<void> {
  await Promise.all([...late]);
  late.clear();
}
