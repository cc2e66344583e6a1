/** The app's one page, kept so that it opens at once and without a network. It holds nothing of the user. */
import { isShellOf } from './routing';

const NAME = 'shell-';
const PAGE = '/';

export interface ShellCache {
  /** Fetch and keep the page, if the server gives it: signed out, it gives the sign-in page instead. */
  keep(): Promise<void>;
  answer(request: Request): Promise<Response>;
  forgetOthers(): Promise<void>;
}

export function shellCache(build: string, entries: readonly string[]): ShellCache {
  const name = NAME + build;

  async function keepIfOurs(response: Response): Promise<void> {
    if (!response.ok || response.redirected) return;
    const html = await response.clone().text();
    if (!isShellOf(html, entries)) return;
    const headers = new Headers(response.headers);
    // The body is already decoded.
    headers.delete('Content-Encoding');
    headers.delete('Content-Length');
    await (await caches.open(name)).put(PAGE, new Response(html, { headers }));
  }

  return {
    async keep() {
      await keepIfOurs(await fetch(PAGE, { cache: 'reload', credentials: 'same-origin' }));
    },
    async answer(request) {
      const kept = await (await caches.open(name)).match(PAGE);
      if (kept) return kept;
      const response = await fetch(request);
      await keepIfOurs(response.clone());
      return response;
    },
    async forgetOthers() {
      for (const other of await caches.keys()) {
        if (other.startsWith(NAME) && other !== name) await caches.delete(other);
      }
    },
  };
}
