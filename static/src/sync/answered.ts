/**
 * What the answers to messages may leave on this phone. They come out of step with the feed - again, late, for what a file brought
 * here -, and the feed alone says what belongs here: an answer freshens the rows that are here, and brings what the feed has not
 * come to, at accounts that are here. Everything else has left, or comes with the feed.
 */
import { UnreadableError } from '../core/parse';
import type { EntityStore } from '../store/schema';
import type { WriteTransaction } from '../store/store';
import type { SentRow } from './courier';
import { isUnsentFile, removeGone, STORE_OF } from './gone';
import { forgetRow, keyOf, mergeRow, PARSERS, serverRow, type Laying, type Row } from './merge';
import type { Operation } from './operations';

/** Lay the rows of an answer. Returns whether this build could read all of them. */
export async function layAnswered(tx: WriteTransaction, rows: SentRow[], laying: Laying): Promise<boolean> {
  let isRead = true;
  const accountsFirst = [...rows].sort((one, two) => Number(two.store === 'accounts') - Number(one.store === 'accounts'));
  for (const { store, value } of accountsFirst) {
    try {
      const row = PARSERS[store](value, store);
      if (await belongsHere(tx, store, { row, laying })) await mergeRow(tx, store, value, laying);
    } catch (error) {
      // The server has it; a row of a newer shape is read after the app's update.
      if (!(error instanceof UnreadableError)) throw error;
      isRead = false;
    }
  }
  return isRead;
}

async function belongsHere(tx: WriteTransaction, store: EntityStore, { row, laying }: { row: Row; laying: Laying }): Promise<boolean> {
  const here = await serverRow(tx, store, row.id, laying);
  if ((here && here.version > 0) || (await isUnsentFile(tx, store, row.id))) return true;
  const cursor = await tx.objectStore('meta').get('cursor');
  // The feed is past it and has not left it here.
  if (typeof cursor === 'number' && row.change_seq <= cursor) return false;
  if (store === 'accounts') return !row.deleted_at;
  return !row.account_id || (await isHeld(tx, row.account_id, laying));
}

/** Whether the account is on this phone, and not as one that the server has deleted. */
async function isHeld(tx: WriteTransaction, account_id: string, laying: Laying): Promise<boolean> {
  const account = await serverRow(tx, 'accounts', account_id, laying);
  return account !== null && !account.deleted_at;
}

/** What an acknowledged operation had put here itself goes, unless the server's row has taken its place or more about it is unsent. */
export async function dropMade(tx: WriteTransaction, { type, entity_id, patches }: Operation, laying: Laying): Promise<void> {
  const made = new Map<string, { store: EntityStore; id: string }>();
  for (const each of [{ store: storeOf(type), id: entity_id }, ...patches]) made.set(keyOf(each.store, each.id), each);
  for (const { store, id } of made.values()) {
    const row = await tx.objectStore(store).get(id);
    if (row?.version !== 0 || laying.unsent.has(id) || (await isUnsentFile(tx, store, id))) continue;
    if (store === 'accounts') await removeGone(tx, { type: 'account', id, reason: 'reassigned', merged_into: null });
    else await forgetRow(tx, store, id);
  }
}

/** The table of what an operation is about: `activity.log` is about an activity. */
function storeOf(type: Operation['type']): EntityStore {
  const [kind] = type.split('.');
  return Object.entries(STORE_OF).find(([name]) => name === kind)?.[1] ?? 'accounts';
}
