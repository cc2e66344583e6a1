/** Pictures of pins and donuts side by side on one sheet, from which the graphics card takes them. */
import { drawAround, sketchOf } from './draw';

/** Where a picture lies on the sheet, in its pixels. */
export interface Cell {
  x: number;
  y: number;
  side: number;
}

export interface Sheet {
  canvas: HTMLCanvasElement;
  /** Device pixels for each CSS pixel: less than the screen's where there would be too much for one sheet. */
  ratio: number;
  cells: ReadonlyMap<string, Cell>;
}

/** Twelve of the largest donuts side by side. */
const WIDTH_CSS_PX = 1024;
/** What every graphics card can take. */
const MOST_PX = 4096;

/** Return a sheet with at least these pictures; the one before when it has them all. What it has in common with them is copied. */
export function sheetOf(keys: ReadonlySet<string>, wanted_ratio: number, before: Sheet | null): Sheet | null {
  if (before && [...keys].every((key) => before.cells.has(key))) return before;
  const plan = planOf(keys, wanted_ratio);
  const canvas = document.createElement('canvas');
  canvas.width = plan.width;
  canvas.height = plan.height;
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!ctx) return null;
  for (const [key, { x, y, side }] of plan.cells) {
    const former = before?.ratio === plan.ratio ? before.cells.get(key) : undefined;
    if (before && former) {
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.drawImage(before.canvas, former.x, former.y, side, side, x, y, side, side);
      continue;
    }
    const sketch = sketchOf(key);
    if (sketch) drawAround(ctx, sketch, { x: x + side / 2, y: y + side / 2, ratio: plan.ratio });
  }
  return { canvas, ratio: plan.ratio, cells: plan.cells };
}

interface Plan {
  ratio: number;
  width: number;
  height: number;
  cells: Map<string, Cell>;
}

/** Lay the pictures out in rows; coarser ones when they would not fit. */
export function planOf(keys: ReadonlySet<string>, ratio: number): Plan {
  const width = Math.min(MOST_PX, Math.ceil(WIDTH_CSS_PX * ratio));
  const cells = new Map<string, Cell>();
  let [x, y, tallest] = [0, 0, 0];
  for (const key of keys) {
    const side = Math.ceil((sketchOf(key)?.half ?? 0) * 2 * ratio);
    if (x + side > width) [x, y, tallest] = [0, y + tallest, 0];
    cells.set(key, { x, y, side });
    x += side;
    tallest = Math.max(tallest, side);
  }
  const height = Math.max(1, y + tallest);
  return height > MOST_PX ? planOf(keys, ratio * 0.75) : { ratio, width, height, cells };
}
