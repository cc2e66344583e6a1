/** Long work done in slices, so that the screen never freezes: after each it lets the page breathe. */

/** A slice leaves most of a frame (16 ms) to the page. */
const SLICE_MS = 10;

export interface SlicedOptions {
  /** Somebody left or asks for something newer: the work is given up. */
  signal?: AbortSignal;
  now?: () => number;
}

/** Run a generator to its end. Resolves with null when it was given up. */
export async function sliced<T>(steps: Generator<undefined, T>, { signal, now = () => performance.now() }: SlicedOptions = {}): Promise<T | null> {
  for (;;) {
    const until = now() + SLICE_MS;
    while (now() < until) {
      const step = steps.next();
      if (step.done) return step.value;
    }
    await breathe();
    if (signal?.aborted) return null;
  }
}

/** A message to oneself comes after what the page has to do, and sooner than any timer: those are held back to 4 ms. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
