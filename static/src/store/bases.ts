/**
 * The server's rows under what a person changes: put aside by the very transaction that covers them. The server may take
 * an operation in without changing the row (a visit older than another); then the row is laid bare again.
 */
import type { EntityStore, StoreName } from './schema';
import type { WriteTransaction } from './store';

const ENTITIES: ReadonlySet<string> = new Set<EntityStore>(['accounts', 'contacts', 'activities', 'tasks', 'appointments', 'attachments', 'conflicts']);

const isEntity = (name: StoreName): name is EntityStore => ENTITIES.has(name);

/** The same transaction, keeping the former row of each that is put. */
export function keepingBases(tx: WriteTransaction): WriteTransaction {
  return new Proxy(tx, {
    get(target, property) {
      if (property !== 'objectStore') return Reflect.get(target, property);
      return (name: StoreName) => (isEntity(name) ? keeping(target, name) : target.objectStore(name));
    },
  });
}

function keeping(tx: WriteTransaction, name: EntityStore): object {
  return new Proxy(tx.objectStore(name), {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      if (property !== 'put') return (...given: unknown[]): unknown => Reflect.apply(value, target, given);
      return async (row: unknown): Promise<unknown> => {
        await keepFormer(tx, name, row);
        return Reflect.apply(value, target, [row]) as unknown;
      };
    },
  });
}

async function keepFormer(tx: WriteTransaction, name: EntityStore, row: unknown): Promise<void> {
  if (typeof row !== 'object' || row === null || !('id' in row) || typeof row.id !== 'string') return;
  const key = `${name}:${row.id}`;
  const [former, kept] = await Promise.all([tx.objectStore(name).get(row.id), tx.objectStore('bases').getKey(key)]);
  // Version 0: the server does not know it yet.
  if (former && former.version > 0 && !kept) await tx.objectStore('bases').put({ key, row: former });
}
