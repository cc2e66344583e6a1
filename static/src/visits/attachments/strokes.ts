/** What a finger draws: strokes in the paper's own pixels, so that the sketch is the same on any screen. */

export interface Stroke {
  colour: string;
  width: number;
  points: { x: number; y: number }[];
}

export const COLOURS = ['#16201c', '#d5281b', '#0063c7', '#00894f', '#ffd400', '#ffffff'] as const;

/** Line widths for a paper whose longer side has so many pixels. */
export const widthsFor = (long_side: number): { thin: number; thick: number } => ({ thin: Math.max(3, long_side / 300), thick: Math.max(8, long_side / 90) });

/** Where on the paper a place on the screen is; the paper is fitted into its box. */
export function onPaper(at: { x: number; y: number }, box: { left: number; top: number; width: number; height: number }, paper: { width: number; height: number }): { x: number; y: number } {
  return { x: ((at.x - box.left) / box.width) * paper.width, y: ((at.y - box.top) / box.height) * paper.height };
}

/** Draw a stroke with rounded joints; a tap is a dot. */
export function drawStroke(context: CanvasRenderingContext2D, { colour, width, points }: Stroke): void {
  const [first, ...rest] = points;
  if (!first) return;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  context.moveTo(first.x, first.y);
  let before = first;
  // Curves through the middles of the points: a finger reports corners, a hand draws none.
  for (const point of rest) {
    context.quadraticCurveTo(before.x, before.y, (before.x + point.x) / 2, (before.y + point.y) / 2);
    before = point;
  }
  context.lineTo(before.x, before.y);
  context.stroke();
}
