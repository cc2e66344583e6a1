/** Fetching what is no JSON of ours: map tiles and map files. */
import { Unreachable } from './problem';

/** Return the answer whatever its status. Throws Unreachable without a network; an abort as it is. */
export async function fetchRaw(url: string, options: Pick<RequestInit, 'method' | 'cache' | 'signal'> = {}): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  }
}
