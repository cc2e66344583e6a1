/** What one history has: its organisation, its people, and what it may ask of the machine that runs the server. */
import { chanceOf, type Chance } from './chance';
import type { Holdings } from './holdings';
import { noFaults, patiently, type Counts, type Jar } from './network';

export interface Person {
  name: string;
  id: string;
  cookie: string;
}

export interface Organisation {
  org_id: number;
  people: Record<string, { id: string; cookie: string }>;
  teams: string[];
  accounts: string[];
}

/** What the other side (tests/simulator) does on request. */
export interface Machine {
  origin: string;
  organisation(seed: number): Promise<Organisation>;
  /** A new sign-in of that person; returns the cookie. */
  signIn(org_id: number, name: string): Promise<string>;
  kill(what: 'server' | 'database'): Promise<void>;
  judge(ledger: Ledger): Promise<{ lost: string[]; doubled: string[] }>;
}

/** What a phone told its user was kept. */
export interface Promised {
  phone: string;
  device: string;
  op_id: string;
  type: string;
  entity_id: string;
  base_version: number | null;
  /** A text that is found wherever this operation took effect, and nowhere else. */
  marker: string | null;
  /** The value written into a field, for finding out who overwrote whom. */
  value: unknown;
  follow_up: string | null;
  /** For a choice between two values: the account's version that the person saw. */
  seen_version: number | null;
  /** What a file's bytes hash to. */
  sha256: string | null;
}

/** A phone's last moment before it was emptied: what was still on it. */
export interface Emptied extends Holdings {
  device: string;
}

export interface Ledger {
  org_id: number;
  promised: Promised[];
  /** What is on the phones in the end. */
  kept: string[];
  files: string[];
  emptied: Emptied[];
  /** Files that people do not want any more. */
  withdrawn: string[];
}

export interface World {
  seed: number;
  machine: Machine;
  organisation: Organisation;
  chance: Chance;
  counts: Counts;
  promised: Promised[];
  emptied: Emptied[];
  /** Attachments that a person took back before the server had heard of them. */
  withdrawn: string[];
  person(name: string): Person;
  /** A text never used before in this world. */
  marker(kind: string): string;
}

export async function createWorld(machine: Machine, seed: number): Promise<World> {
  const organisation = await machine.organisation(seed);
  let used = 0;
  return {
    seed,
    machine,
    organisation,
    chance: chanceOf(seed),
    counts: noFaults(),
    promised: [],
    emptied: [],
    withdrawn: [],
    person(name) {
      const found = organisation.people[name];
      if (!found) throw new Error(`nobody is called ${name}`);
      return { name, ...found };
    },
    marker(kind) {
      used += 1;
      return `${kind}‹${String(seed)}·${String(used)}›`;
    },
  };
}

/** The administrator at a desk with a good network: what happens meanwhile to the accounts that phones hold. */
export function office(world: World): (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>> {
  const jar: Jar = { cookie: world.person('boss').cookie };
  let token = '';

  async function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const headers = new Headers({ Cookie: `fieldcrm=${jar.cookie}`, 'Content-Type': 'application/json', 'X-CSRFToken': token });
    const response = await patiently(world.machine.origin + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    const cookie = /fieldcrm=([^;]*)/.exec(response.headers.getSetCookie().join())?.[1];
    if (cookie) jar.cookie = cookie;
    const text = await response.text();
    const answer = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text.slice(0, 300)}`);
    return answer;
  }

  return async (method, path, body) => {
    if (!token) token = String((await ask('GET', '/api/csrf'))['csrf_token']);
    return ask(method, path, body);
  };
}
