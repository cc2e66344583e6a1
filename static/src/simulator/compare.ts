/** Whether a phone shows what the server holds for its user, field by field. */
import { isDeepStrictEqual } from 'node:util';
import { PARSERS, pendingChanges } from '../sync/merge';
import type { EntityStore } from '../store/schema';
import { patiently } from './network';
import type { Phone } from './phone';
import type { World } from './world';

const STORES: EntityStore[] = ['accounts', 'contacts', 'activities', 'tasks', 'appointments', 'conflicts', 'attachments'];

type Rows = Map<string, Record<string, unknown>>;

/** Return a sentence for each row in which a phone and the server differ. */
export async function compare(world: World, phones: Phone[]): Promise<string[]> {
  const shown = new Map<string, Awaited<ReturnType<typeof everything>>>();
  const said: string[] = [];
  for (const phone of phones) {
    const server = shown.get(phone.person.id) ?? (await everything(world, phone));
    shown.set(phone.person.id, server);
    said.push(...(await differences(phone, server)));
  }
  return said;
}

async function differences(phone: Phone, server: Map<EntityStore, Rows>): Promise<string[]> {
  const store = await phone.store();
  const operations = await store.db.getAll('outbox');
  const pending = pendingChanges(operations);
  // What was refused stays on the phone as its user left it, until they mend it.
  const own = new Set(operations.flatMap((item) => [item.entity_id, ...item.temporary.map((row) => row.id)]));
  for (const kept of await store.db.getAll('blobs')) if (kept.refusal) own.add(kept.id);
  const said: string[] = [];
  for (const name of STORES) {
    const local: Rows = new Map((await store.db.getAll(name)).filter((row) => !('deleted_at' in row && row.deleted_at)).map((row) => [row.id, plainly(row)]));
    const remote = server.get(name) ?? new Map<string, Record<string, unknown>>();
    for (const [id, row] of remote) {
      const here = local.get(id);
      if (own.has(id)) continue;
      // A first load leaves out tasks that are done and conflicts that are settled; a pull from the beginning, with which this compares, does not.
      if (!here && (row['done_at'] || row['settled_at'])) continue;
      if (!here) said.push(`${phone.name}: ${name} ${id} is missing`);
      else if (differs(here, { ...row, ...pending.get(`${name}:${id}`) })) said.push(`${phone.name}: ${name} ${id} differs: ${difference(here, { ...row, ...pending.get(`${name}:${id}`) })}`);
    }
    for (const id of local.keys()) if (!remote.has(id) && !own.has(id)) said.push(`${phone.name}: ${name} ${id} should be gone`);
  }
  return said;
}

/** How much of a file has arrived concerns the phone that brings it: no other is told before all has. */
function plainly(row: object): Record<string, unknown> {
  return 'received_bytes' in row && 'stored_at' in row && row.stored_at === null ? { ...row, received_bytes: 0 } : { ...row };
}

function differs(here: Record<string, unknown>, there: Record<string, unknown>): boolean {
  return !isDeepStrictEqual(here, there);
}

function difference(here: Record<string, unknown>, there: Record<string, unknown>): string {
  const names = Object.keys(there).filter((name) => !isDeepStrictEqual(here[name], there[name]));
  return names.map((name) => `${name} ${JSON.stringify(here[name])} / ${JSON.stringify(there[name])}`).join(', ');
}

/** All that the server shows to the phone's user, read page by page without any of the phone's code. */
async function everything(world: World, phone: Phone): Promise<Map<EntityStore, Rows>> {
  const found = new Map<EntityStore, Rows>(STORES.map((name) => [name, new Map()]));
  let cursor = 0;
  let reach = '';
  for (let more = true; more; ) {
    const path = `/api/sync/pull?cursor=${String(cursor)}&reach=${reach}&limit=5000`;
    const response = await patiently(world.machine.origin + path, { headers: { Cookie: `fieldcrm=${phone.jar.cookie}` } });
    const page = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(page)}`);
    reach = String(page['reach'] ?? '');
    if (page['reset']) continue;
    for (const name of STORES) {
      for (const item of (page[name] ?? []) as unknown[]) {
        const row = PARSERS[name](item, name);
        found.get(name)?.set(row.id, plainly(row));
      }
    }
    cursor = Number(page['cursor']);
    more = page['more'] === true;
  }
  return found;
}
