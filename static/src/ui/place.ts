/** Where one had scrolled to is found again on coming back to a page. */
import { isReturn } from '../core/router.svelte';

const places = new Map<string, number>();
/** Rows that come later than this do not pull the page from under the eyes. */
const PATIENCE_MS = 3_000;

/** Remember how far an element is scrolled; coming back, scroll it there as soon as enough of its content has come. */
export function keepPlace(node: HTMLElement): { destroy(): void } {
  const page = location.pathname;
  const wanted = (isReturn() && places.get(page)) || 0;
  const grown = new MutationObserver(settle);
  const destroy = () => grown.disconnect();

  function settle() {
    node.scrollTop = wanted;
    if (Math.abs(node.scrollTop - wanted) < 2) destroy();
  }
  grown.observe(node, { childList: true, subtree: true });
  settle();
  setTimeout(destroy, PATIENCE_MS);
  node.onscroll = () => places.set(page, node.scrollTop);
  // Who touches the page decides where it stands.
  node.onpointerdown = node.onwheel = destroy;
  return { destroy };
}
