/** Runs histories for tests/simulator: a line of JSON in for each wish fulfilled, a line out for each wish and each verdict. */
import 'fake-indexeddb/auto';
import { createInterface } from 'node:readline';
import { runHistory } from './history';
import { makeMortal } from './life';
import type { Ledger, Machine, Organisation } from './world';

interface Job {
  origin: string;
  seeds: number[];
  operations: number;
  at_once: number;
}

const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();
let asked = 0;

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

function ask(wish: string, words: object): Promise<unknown> {
  asked += 1;
  const id = asked;
  say({ wish, id, ...words });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

const machineAt = (origin: string): Machine => ({
  origin,
  organisation: async (seed) => (await ask('organisation', { seed })) as Organisation,
  signIn: async (org_id, name) => String(await ask('sign_in', { org_id, name })),
  kill: async (what) => {
    await ask('kill', { what });
  },
  judge: async (ledger: Ledger) => (await ask('judge', { ledger })) as { lost: string[]; doubled: string[] },
});

async function run(job: Job): Promise<void> {
  makeMortal();
  const machine = machineAt(job.origin);
  const seeds = [...job.seeds];
  const worker = async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      try {
        say({ verdict: await runHistory(machine, { seed, operations: job.operations }) });
      } catch (error) {
        say({ broken: { seed, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } });
      }
    }
  };
  await Promise.all(Array.from({ length: job.at_once }, worker));
  process.exit(0);
}

// What a dead phone had begun and nobody waits for any more.
const OF_THE_DEAD = new Set(['AbortError', 'InvalidStateError', 'Dead', 'TransactionInactiveError']);
process.on('unhandledRejection', (error) => {
  if (error instanceof Error && OF_THE_DEAD.has(error.name)) return;
  say({ broken: { seed: 0, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } });
});

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as { job?: Job; id?: number; value?: unknown; error?: string };
  if (message.job) {
    void run(message.job);
    return;
  }
  const pending = waiting.get(message.id ?? 0);
  waiting.delete(message.id ?? 0);
  if (message.error) pending?.reject(new Error(message.error));
  else pending?.resolve(message.value);
});
