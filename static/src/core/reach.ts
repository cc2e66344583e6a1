/** What a page needs from the server sooner or later, and not now. */

/** Do `work`; without a line, again as soon as there is one. */
export async function onceReached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    await new Promise((done) => addEventListener('online', done, { once: true }));
    return onceReached(work);
  }
}
