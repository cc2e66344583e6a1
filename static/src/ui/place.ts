/** Where one had scrolled to is found again on coming back to a page. */
import { isReturn } from '../core/router.svelte';

const places = new Map<string, number>();
/** Rows that come later than this do not pull the page from under the eyes. */
const PATIENCE_MS = 3_000;

/** Remember how far an element is scrolled; coming back, scroll it there as soon as enough of its content has come. */
export function keepPlace(node: HTMLElement): { destroy(): void } {
  const page = location.pathname;
  const wanted = isReturn() ? (places.get(page) ?? 0) : 0;
  const grown = new MutationObserver(settle);
  const patience = setTimeout(stop, PATIENCE_MS);

  function stop() {
    grown.disconnect();
    clearTimeout(patience);
  }
  function settle() {
    node.scrollTop = wanted;
    if (Math.abs(node.scrollTop - wanted) < 2) stop();
  }
  const note = () => places.set(page, node.scrollTop);

  grown.observe(node, { childList: true, subtree: true });
  settle();
  node.addEventListener('scroll', note, { passive: true });
  for (const touched of ['pointerdown', 'wheel', 'keydown']) node.addEventListener(touched, stop, { passive: true });
  return { destroy: stop };
}
