/** What the office does meanwhile to accounts and phones that are out in the field. */
import type { office, World } from './world';

export async function meanwhile(world: World, desk: ReturnType<typeof office>): Promise<void> {
  const { chance, counts, organisation } = world;
  const id = chance.pick(organisation.accounts);
  const event = chance.weighed({ changed_meanwhile: 8, reassigned: 4, deleted: 2, merged: 2, wipe_asked: 1 });
  counts[event] += 1;
  try {
    if (event === 'changed_meanwhile') await desk('PATCH', `/api/accounts/${id}`, { notes: world.marker('内勤'), name: world.marker('内勤') });
    if (event === 'reassigned') await desk('PATCH', `/api/accounts/${id}`, { owner_id: world.person(chance.pick(['anna', 'ben', 'chie'])).id });
    if (event === 'deleted') await desk('DELETE', `/api/accounts/${id}`);
    if (event === 'merged') await desk('POST', `/api/accounts/${id}/merge`, { into_id: chance.pick(organisation.accounts) });
    if (event === 'wipe_asked') await askWipe(world, desk);
  } catch (error) {
    // Merged into itself, deleted already, or the server was just killed: the office tries something else later.
    if (!(error instanceof Error)) throw error;
  }
}

/** A phone is said to be lost. */
async function askWipe({ chance }: World, desk: ReturnType<typeof office>): Promise<void> {
  const { items } = (await desk('GET', '/api/devices')) as { items: { id: string; wipe_asked_at: string | null }[] };
  const device = chance.pick(items.filter((item) => !item.wipe_asked_at));
  await desk('POST', `/api/devices/${device.id}/wipe`);
}
