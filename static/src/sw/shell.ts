/** The app's one page, kept so that it opens at once and without a network. It holds nothing of the user. */
import { isShellOf } from './routing';

const NAME = 'shell-';
const PAGE = '/';

export interface ShellCache {
  /** Fetch and keep the page; false where the server does not give it: signed out, it gives the sign-in page instead. */
  keep(): Promise<boolean>;
  /** Whether another build has its page here. */
  hasFormer(): Promise<boolean>;
  answer(request: Request): Promise<Response>;
  forgetOthers(): Promise<void>;
}

export function shellCache(build: string, entries: readonly string[]): ShellCache {
  const name = NAME + build;

  async function keepIfOurs(response: Response): Promise<boolean> {
    if (!response.ok || response.redirected) return false;
    const html = await response.clone().text();
    if (!isShellOf(html, entries)) return false;
    const headers = new Headers(response.headers);
    // The body is already decoded.
    headers.delete('Content-Encoding');
    headers.delete('Content-Length');
    await (await caches.open(name)).put(PAGE, new Response(html, { headers }));
    return true;
  }

  const others = async () => (await caches.keys()).filter((other) => other.startsWith(NAME) && other !== name);

  return {
    async keep() {
      return keepIfOurs(await fetch(PAGE, { cache: 'reload', credentials: 'same-origin' }));
    },
    async hasFormer() {
      return (await others()).length > 0;
    },
    async answer(request) {
      const kept = await (await caches.open(name)).match(PAGE);
      if (kept) return kept;
      const response = await fetch(request);
      await keepIfOurs(response.clone());
      return response;
    },
    async forgetOthers() {
      for (const other of await others()) await caches.delete(other);
    },
  };
}
