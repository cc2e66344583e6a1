/** Looking closer at a picture: where it stands under the fingers. Pure: positions in, positions out. */

export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Point {
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
export const CLOSE = 2.5;
const MOST = 6;

/** Scale around a point (measured from the middle of the stage), so that what is under it stays there. */
export function scaledAt(view: View, factor: number, at: Point): View {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

/** Keep the picture from leaving the stage: its edges may not come further in than the middle's half. */
export function kept(view: View, stage: { width: number; height: number }): View {
  if (view.scale <= 1) return WHOLE;
  const reach = (length: number) => (length * (view.scale - 1)) / 2;
  const clamp = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return { scale: view.scale, x: clamp(view.x, reach(stage.width)), y: clamp(view.y, reach(stage.height)) };
}
