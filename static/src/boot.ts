/** Finding out whose phone this is: the user known here starts at once, without asking the network; anybody else asks first. */
import { askAhead } from './core/http';
import { fetchSession, parseSession, useSession, type Session } from './core/session';
import { NoStorage } from './core/trouble';
import { openStore, type Store } from './store/store';
import { useStore } from './store/current';
import { FIRST_ROWS } from './sync/state';

const USER = 'fieldcrm.user';
const VERIFY = 'fieldcrm.verify';

export type Start = { kind: 'ready'; store: Store; session: Session; is_fresh: boolean } | { kind: 'signed_out' };

/** Another tab needs the database: it runs a newer build, or is signing out. Reading it again comes after that tab's own work. */
const onsuperseded = (): void => void setTimeout(() => location.reload(), 2_000);
const open = (user_id: string): Promise<Store> => openStore(nameOf(user_id), { onsuperseded });

/** Open the store of the phone's user. Throws NoStorage or StorageFull where there is none, and Unreachable when nobody is known here and the server is out of reach. */
export async function start(): Promise<Start> {
  const known = remembered(USER);
  // After a sign-out or an expired session somebody else may have signed in: ask before showing anything.
  const mustAsk = known === null || remembered(VERIFY) !== null;
  if (known === null) askAhead(FIRST_ROWS);
  if (known !== null && !mustAsk) {
    const store = await open(known);
    const session = await readSession(store);
    if (session) return ready(store, session, false);
    store.close();
  }
  let fetched: Session | null;
  try {
    fetched = await fetchSession();
  } catch (error) {
    const kept = known === null ? null : await openKept(known);
    if (kept) return kept;
    throw error;
  }
  if (!fetched) return { kind: 'signed_out' };
  return ready(await open(fetched.user.id), fetched, true);
}

/** Where the browser keeps nothing, asking alone may throw. */
function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    throw new NoStorage('there is no localStorage');
  }
}

const nameOf = (user_id: string): string => `fieldcrm-${user_id}`;

/** Without a network the last user's data is shown: whoever holds the phone had it before as well. */
async function openKept(known: string): Promise<Start | null> {
  if (remembered(VERIFY) === 'signed_out') return null;
  const store = await open(known);
  const session = await readSession(store);
  if (session) return ready(store, session, false);
  store.close();
  return null;
}

async function readSession(store: Store): Promise<Session | null> {
  try {
    return parseSession(await store.db.get('meta', 'session'), 'session');
  } catch {
    // Written by an older build or not at all: the server has it.
    return null;
  }
}

async function ready(store: Store, session: Session, is_fresh: boolean): Promise<Start> {
  useStore(store);
  useSession(session);
  if (is_fresh) await keepSession(store, session);
  return { kind: 'ready', store, session, is_fresh };
}

export async function keepSession(store: Store, session: Session): Promise<void> {
  await store.db.put('meta', session, 'session');
  localStorage.setItem(USER, session.user.id);
  localStorage.removeItem(VERIFY);
}

/** The server no longer knows us: the next start asks who is there before it shows anything, if it can. */
export function rememberExpired(): void {
  localStorage.setItem(VERIFY, 'expired');
}

/** Somebody else has signed in on this phone: the next start is theirs. */
export function rememberOther(user_id: string): void {
  localStorage.setItem(USER, user_id);
  localStorage.setItem(VERIFY, 'other');
}

/** The user signed out: the next start shows nothing before somebody has signed in. The outbox stays in that user's store. */
export function rememberSignedOut(): void {
  localStorage.setItem(VERIFY, 'signed_out');
}
