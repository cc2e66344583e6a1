/** Following a vertical drag of a sheet with the finger: how far, how fast, and where it was let go. */

export interface DragEnd {
  distance_px: number;
  /** Downwards is positive. */
  speed_px_ms: number;
}

interface DragHandlers {
  onmove(distance_px: number): void;
  onend(end: DragEnd): void;
}

/** A Svelte action: reports vertical drags that start on the node. A tap stays a click. */
export function verticalDrag(node: HTMLElement, handlers: DragHandlers) {
  let startY = 0;
  let lastY = 0;
  let lastAt = 0;
  let speed = 0;
  let pointer: number | null = null;

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    pointer = event.pointerId;
    startY = lastY = event.clientY;
    lastAt = event.timeStamp;
    speed = 0;
  };
  const move = (event: PointerEvent) => {
    if (event.pointerId !== pointer) return;
    const distance = event.clientY - startY;
    if (Math.abs(distance) > 6 && !node.hasPointerCapture(event.pointerId)) node.setPointerCapture(event.pointerId);
    const elapsed = Math.max(1, event.timeStamp - lastAt);
    speed = (event.clientY - lastY) / elapsed;
    lastY = event.clientY;
    lastAt = event.timeStamp;
    if (node.hasPointerCapture(event.pointerId)) handlers.onmove(distance);
  };
  const up = (event: PointerEvent) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    if (node.hasPointerCapture(event.pointerId)) handlers.onend({ distance_px: event.clientY - startY, speed_px_ms: speed });
  };

  node.style.touchAction = 'none';
  node.addEventListener('pointerdown', down);
  node.addEventListener('pointermove', move);
  node.addEventListener('pointerup', up);
  node.addEventListener('pointercancel', up);
  return {
    update(next: DragHandlers) {
      handlers = next;
    },
    destroy() {
      node.removeEventListener('pointerdown', down);
      node.removeEventListener('pointermove', move);
      node.removeEventListener('pointerup', up);
      node.removeEventListener('pointercancel', up);
    },
  };
}
