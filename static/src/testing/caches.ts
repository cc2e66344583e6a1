/** The browser's caches in memory, with room for so many entries: Node has none. */

export function cachesWithRoomFor(entries: number): CacheStorage {
  const all = new Map<string, Map<string, Response>>();
  let room = entries;

  function open(name: string): Cache {
    const kept = all.get(name) ?? new Map<string, Response>();
    all.set(name, kept);
    const cache: Pick<Cache, 'match' | 'put' | 'keys'> = {
      match: async (key) => kept.get(String(key))?.clone(),
      put: async (key, response) => {
        if (!kept.has(String(key)) && room-- <= 0) throw new DOMException('no room', 'QuotaExceededError');
        kept.set(String(key), response);
      },
      keys: async () => [...kept.keys()].filter((key) => key.startsWith('http')).map((key) => new Request(key)),
    };
    return cache as Cache;
  }

  const storage: Pick<CacheStorage, 'open' | 'keys' | 'delete'> = {
    open: async (name) => open(name),
    keys: async () => [...all.keys()],
    delete: async (name) => all.delete(name),
  };
  return storage as CacheStorage;
}
