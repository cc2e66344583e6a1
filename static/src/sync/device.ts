/** This user's phone as the server knows it: registered once, under an id that survives signing out. */
import { ownConnection, request, type Connection } from '../core/http';
import { object, text } from '../core/parse';
import { lightly, transact } from '../store/transact';
import type { OpenOptions, Store } from '../store/store';
import { deviceId } from './operations';
import { formerDevice, keepKey, openSealed, type Opened } from './sealed';

const parseRegistered = object({ id: text, seal_key: text });

export interface Registration {
  user_id: string;
  label: string;
  app_version: string;
  via?: Connection;
}

/** The device's id, also before the server has heard of it. */
export async function identify(store: Store, user_id: string, options: OpenOptions = {}): Promise<string> {
  const former = await formerDevice(user_id, options);
  if (former) {
    await transact(store, lightly('meta'), async (tx) => {
      if ((await tx.objectStore('meta').get('device_id')) === undefined) await tx.objectStore('meta').put(former, 'device_id');
    });
  }
  return deviceId(store);
}

/** Register this phone (again), keep its key, and open what its user left unsent. Throws Problem or Unreachable. */
export async function register(store: Store, { user_id, label, app_version, via = ownConnection }: Registration, options: OpenOptions = {}): Promise<Opened> {
  const id = await identify(store, user_id, options);
  const { seal_key } = await request('POST', '/api/sync/devices', parseRegistered, { via, body: { id, label, app_version } });
  await keepKey(store, seal_key);
  return openSealed(store, user_id, { ...options, seal_key });
}

/** What an agent names itself by, the telling one before what many names hold; and how people call it. */
const SYSTEMS = { iPhone: 'iPhone', iPad: 'iPad', Android: 'Android', Windows: 'Windows', Macintosh: 'Mac', CrOS: 'ChromeOS', Linux: 'Linux' };
const BROWSERS = { Edg: 'Edge', OPR: 'Opera', SamsungBrowser: 'Samsung Internet', FxiOS: 'Firefox', Firefox: 'Firefox', CriOS: 'Chrome', Chrome: 'Chrome', Safari: 'Safari' };

/** What people recognise their phone by: "Android, Chrome". */
export function deviceLabel(agent: string): string {
  const named = [SYSTEMS, BROWSERS].map((names) => Object.entries(names).find(([word]) => agent.includes(word))?.[1]);
  return named.filter(Boolean).join(', ') || 'Web';
}
