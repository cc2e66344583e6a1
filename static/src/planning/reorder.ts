/** Dragging a row of a list to another place with finger or mouse. What it does has buttons elsewhere. */

export interface Reordering {
  /** The rows of the list in order, without what is dragged in from elsewhere. */
  rows: () => HTMLElement[];
  /** What moves under the finger. */
  moving: () => HTMLElement;
  /** Over which place it is now: before that row; as many as there are: behind the last. */
  onover: (at: number | null) => void;
  /** Let go; null: where it was, or given up. */
  ondrop: (at: number | null) => void;
}

const STARTS_PX = 8;
/** So near the edge of the screen the page is scrolled along. */
const EDGE_PX = 110;
const STEP_PX = 14;

/** A Svelte action for the handle of a row. */
export function reorder(handle: HTMLElement, given: Reordering) {
  let options = given;
  let pointer: number | null = null;
  let startY = 0;
  let y = 0;
  let isDragging = false;
  let wasDragged = false;
  let over: number | null = null;
  let scrolled = 0;
  let frame = 0;

  const scroller = () => handle.closest<HTMLElement>('.screen');

  function look() {
    const rows = options.rows();
    const last = rows.at(-1)?.getBoundingClientRect();
    const found = rows.findIndex((row) => {
      const { top, height } = row.getBoundingClientRect();
      return y < top + height / 2;
    });
    const at = !last || y > last.bottom + last.height ? null : found < 0 ? rows.length : found;
    if (at !== over) options.onover((over = at));
  }

  function follow() {
    const box = scroller();
    const by = y < EDGE_PX + 40 ? -STEP_PX : y > innerHeight - EDGE_PX ? STEP_PX : 0;
    if (box && by) {
      const before = box.scrollTop;
      box.scrollTop += by;
      scrolled += box.scrollTop - before;
    }
    options.moving().style.translate = `0 ${y - startY + scrolled}px`;
    look();
    frame = requestAnimationFrame(follow);
  }

  function end(isKept: boolean) {
    cancelAnimationFrame(frame);
    options.moving().style.translate = '';
    options.moving().classList.remove('dragged');
    const at = over;
    pointer = null;
    over = null;
    if (!isDragging) return;
    isDragging = false;
    wasDragged = true;
    options.onover(null);
    options.ondrop(isKept ? at : null);
  }

  const down = (event: PointerEvent) => {
    if (event.button !== 0 || pointer !== null) return;
    pointer = event.pointerId;
    wasDragged = false;
    startY = y = event.clientY;
    scrolled = 0;
  };
  const move = (event: PointerEvent) => {
    if (event.pointerId !== pointer) return;
    y = event.clientY;
    if (isDragging || Math.abs(y - startY) < STARTS_PX) return;
    isDragging = true;
    handle.setPointerCapture(event.pointerId);
    options.moving().classList.add('dragged');
    frame = requestAnimationFrame(follow);
  };
  const up = (event: PointerEvent) => void (event.pointerId === pointer && end(true));
  const cancel = (event: PointerEvent) => void (event.pointerId === pointer && end(false));
  // The press that a drag ends with is none.
  const click = (event: MouseEvent) => {
    if (wasDragged) event.stopImmediatePropagation();
    wasDragged = false;
  };

  handle.style.touchAction = 'none';
  handle.addEventListener('pointerdown', down);
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', up);
  handle.addEventListener('pointercancel', cancel);
  handle.addEventListener('click', click, true);
  return {
    update(next: Reordering) {
      options = next;
    },
    destroy() {
      cancelAnimationFrame(frame);
      handle.removeEventListener('pointerdown', down);
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', up);
      handle.removeEventListener('pointercancel', cancel);
      handle.removeEventListener('click', click, true);
    },
  };
}
