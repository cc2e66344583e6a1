/** One history: people work on their phones and at a desk while everything fails; then all heals, and it is judged. */
import { compare } from './compare';
import { meanwhile } from './meanwhile';
import { lateArrivals, pause, type Counts, type Fault } from './network';
import { Phone } from './phone';
import { work } from './work';
import { createWorld, office, type Machine, type World } from './world';

export interface Verdict {
  seed: number;
  operations: number;
  faults: Counts;
  lost: string[];
  doubled: string[];
  diverged: string[];
}

/** A killed database and its web workers are back within that time. */
const HEALING_MS = 60_000;
/** A history is given up as broken when so many times its operations were tried and people could not record them. */
const MOST_TRIES = 4;

/** Play a history until people were promised `operations` operations, let all heal, and judge it. */
export async function runHistory(machine: Machine, options: { seed: number; operations: number }): Promise<Verdict> {
  const world = await createWorld(machine, options.seed);
  const phones = crewOf(options.seed).map((name, number) => new Phone(world, `${name}-${String(number)}`, world.person(name), number));
  const desk = office(world);
  for (const phone of phones) await phone.round();
  for (let tries = 0; world.promised.length < options.operations; tries += 1) {
    if (tries > options.operations * MOST_TRIES) throw new Error(`only ${String(world.promised.length)} operations in ${String(tries)} tries`);
    await hour(world, phones);
    if (world.chance.is(0.12)) await meanwhile(world, desk);
  }
  const diverged = await heal(phones);
  const holdings = phones.map((phone) => phone.holdings());
  const judged = await machine.judge({
    org_id: world.organisation.org_id,
    promised: world.promised,
    kept: holdings.flatMap(({ kept }) => kept),
    files: holdings.flatMap(({ files }) => files),
    emptied: world.emptied,
    withdrawn: [...world.withdrawn, ...holdings.flatMap(({ removed }) => removed)],
  });
  diverged.push(...(await compare(world, phones)));
  for (const phone of phones) phone.life.die();
  return { seed: options.seed, operations: world.promised.length, faults: world.counts, ...judged, diverged };
}

/** One person with two phones always; a colleague of the same team, of another, or of each. */
function crewOf(seed: number): string[] {
  const others = [['ben', 'chie'], ['ben'], ['chie'], ['ben']][seed % 4] ?? [];
  return ['anna', 'anna', ...others];
}

/** Somebody does something on a phone; then some reach the network. */
async function hour(world: World, phones: Phone[]): Promise<void> {
  const { chance, counts } = world;
  const phone = chance.pick(phones);
  mishap(world, phone);
  if (chance.is(0.03)) {
    counts.app_updated += 1;
    await phone.downgrade();
  } else if (chance.is(0.1)) {
    await phone.update();
  }
  // Now and then while a round is under way.
  await Promise.all([work(world, phone), ...(chance.is(0.1) ? [phone.round()] : [])]);
  if (chance.is(0.04)) await carryOver(world, phone, phones);
  if (!chance.is(0.2)) return;
  const reaching = phones.filter(() => chance.is(0.5));
  await Promise.all(reaching.map((each) => each.round(twice(world) ? 2 : 1)));
}

/** What waits on a phone is taken to another of the same person as a file, at times read in there twice. */
async function carryOver(world: World, phone: Phone, phones: Phone[]): Promise<void> {
  const other = phones.find((each) => each !== phone && each.person.id === phone.person.id);
  const file = other ? await phone.exported() : null;
  if (!other || file === null) return;
  await other.imported(file);
  if (world.chance.is(0.5)) await Promise.all([other.round(), phone.round()]);
  if (world.chance.is(0.5)) await other.imported(file);
}

function twice(world: World): boolean {
  const isTwice = world.chance.is(0.15);
  if (isTwice) world.counts.two_tabs += 1;
  return isTwice;
}

/** What happens to a phone in a pocket. */
function mishap(world: World, phone: Phone): void {
  const { chance, counts } = world;
  const note = (fault: Fault) => {
    counts[fault] += 1;
  };
  if (chance.is(0.15)) phone.isOnline = !phone.isOnline;
  if (chance.is(0.03)) {
    phone.skewMs = (chance.next() - 0.5) * 4 * 86_400_000;
    note('clock_skewed');
  }
  if (chance.is(0.03)) {
    phone.life.die();
    note('tab_closed');
  }
  if (chance.is(0.02)) {
    phone.life.fullAt = phone.life.steps + chance.below(40);
    note('storage_full');
  } else {
    phone.life.fullAt = Infinity;
  }
  if (chance.is(0.02)) {
    phone.jar.cookie = 'expired';
    note('session_expired');
  }
  phone.mayDieSoon(0.04);
}

/** Everything gets well again, and everybody comes home to a good network. Says which phones do not come to rest all the same. */
async function heal(phones: Phone[]): Promise<string[]> {
  for (const phone of phones) {
    phone.way.trouble = 0;
    phone.isOnline = true;
    phone.skewMs = 0;
    phone.life.diesAt = Infinity;
    phone.life.fullAt = Infinity;
    if (phone.jar.cookie === 'expired') await phone.signIn();
  }
  await lateArrivals();
  for (const phone of phones) await phone.update();
  // What the last phone sends has to reach the first: twice round, without anything in the way.
  let restless: Phone[] = phones;
  const until = Date.now() + HEALING_MS;
  for (let well = 0; well < 2 && Date.now() < until; ) {
    restless = [];
    for (const phone of phones) if (!(await phone.round())) restless.push(phone);
    well = restless.length === 0 ? well + 1 : 0;
    // A server that was killed at the end is still coming back; and a file that met trouble is tried again at a new start.
    if (well === 0) await pause(200);
    for (const phone of restless) phone.life.die();
  }
  return restless.map((phone) => `${phone.name} does not come to rest`);
}
