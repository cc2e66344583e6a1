/** Where the user is: the address bar as state, links without a page load, overlays as entries of the history. */

export type Place = 'map' | 'lists' | 'today' | 'team' | 'more';

export interface Route {
  path: string;
  segments: string[];
  query: URLSearchParams;
}

function read(): Route {
  const path = location.pathname.replace(/\/+$/, '') || '/';
  return { path, segments: path.split('/').filter(Boolean), query: new URLSearchParams(location.search) };
}

let current = $state.raw<Route>(typeof location === 'undefined' ? { path: '/', segments: [], query: new URLSearchParams() } : read());
let wentBack = false;
// How many entries of this history are ours: Back must not leave the app from a page opened directly.
let depth = 0;

export const route = (): Route => current;

if (typeof window !== 'undefined') {
  window.addEventListener('popstate', () => {
    depth = Math.max(0, depth - 1);
    wentBack = true;
    current = read();
  });
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', to);
  else {
    history.pushState(null, '', to);
    depth += 1;
  }
  wentBack = false;
  current = read();
}

/** Whether the present page was come back to, rather than opened. */
export const isReturn = (): boolean => wentBack;

/** Go back within the app, or to `fallback` when this page was opened directly. */
export function back(fallback: string): void {
  if (depth > 0) history.back();
  else navigate(fallback, { replace: true });
}

/** Open an overlay over the present page by setting query parameters; Back closes it. */
export function openOverlay(params: Record<string, string>): void {
  const query = new URLSearchParams(current.query);
  for (const [name, value] of Object.entries(params)) query.set(name, value);
  navigate(`${current.path}?${query}`);
}

/** Close an overlay opened with openOverlay. */
export function closeOverlay(...names: string[]): void {
  const query = new URLSearchParams(current.query);
  for (const name of names) query.delete(name);
  const rest = query.toString();
  back(rest ? `${current.path}?${rest}` : current.path);
}

/** Let plain links within the app change the route instead of loading a page. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (/^\/(api|static|sign-)/.test(link.pathname)) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
