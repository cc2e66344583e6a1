/** One after the other: what only one page, tab or worker of a phone may do at a time. */

/** Run `work` when nobody else holds the lock of that name. */
export type Locks = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** One after the other within this page: where there are no Web Locks. */
export function ownLocks(): Locks {
  const running = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const before = running.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    running.set(name, mine.catch(() => undefined));
    return mine;
  };
}

/** Web Locks: across all tabs and the service worker; the browser frees those of a tab that dies. */
const sharedLocks: Locks = async (name, work) => {
  const result = await navigator.locks.request(name, work);
  return result;
};

const hasLocks = typeof navigator !== 'undefined' && 'locks' in navigator;

export const phoneLocks: Locks = hasLocks ? sharedLocks : ownLocks();
