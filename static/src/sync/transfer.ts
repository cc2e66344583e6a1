/** The outbox as a file: taken along before a phone is given away, and read in again on another device of the same user. */
import type { Store } from '../store/store';
import { fromText, gather, NotOurs, putBack, toText } from './unsent';

export { NotOurs } from './unsent';

/** The file is somebody else's. */
export class OthersFile extends NotOurs {
  override name = 'OthersFile';
}

/** Everything unsent, drafts and bytes of attachments included, as JSON. */
export async function exportUnsent(store: Store, user_id: string, now: Date = new Date()): Promise<string> {
  return toText(await gather(store, user_id, now));
}

/**
 * Read such a file in; returns how many operations were new to this phone. Each keeps its op_id: sent from two phones, the server still applies it once.
 * Throws NotOurs when it is no such file, OthersFile when another user made it.
 */
export async function importUnsent(store: Store, source: string, user_id: string): Promise<number> {
  const unsent = fromText(source);
  if (unsent.user_id !== user_id) throw new OthersFile('made by another user');
  return putBack(store, unsent);
}
