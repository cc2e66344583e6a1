/** Fetching a file's bytes from the server. */
import { reach } from './http';
import { Problem, Unreachable } from './problem';

const TIMEOUT_MS = 120_000;

/** Throws Problem when it is not to be had, Unreachable when no answer came. */
export async function receive(path: string): Promise<ArrayBuffer> {
  const response = await reach('GET', path, { timeoutMs: TIMEOUT_MS });
  if (!response.ok) throw new Problem(response.status, { title: '', detail: null, code: '', errors: [] });
  try {
    return await response.arrayBuffer();
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  }
}
