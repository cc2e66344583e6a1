/** Letting the person see first: what can wait does not hold up the frame that answers them. */

/** A page in the background paints nothing. */
const AT_MOST_MS = 100;

/** Resolves once what has just been changed on the page was painted. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, AT_MOST_MS);
    requestAnimationFrame(() =>
      setTimeout(() => {
        clearTimeout(late);
        resolve();
      }),
    );
  });
}
