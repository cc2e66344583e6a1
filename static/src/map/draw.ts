/** Draws pins and donuts on a canvas, sharp at the screen's own pixel ratio. */
import { DONUT_RADIUS, parseDonutKey, type Donut } from './donuts';
import { palettes } from './palette';
import { parsePinKey, parseRoomKey, wantsDarkInk, type Pin, type Shape } from './pins';

/** Radii in CSS pixels: the white disc, the ring's middle line, the filled shape. */
const DISC = 21;
const RING = 18.2;
const RING_WIDTH = 3.8;
const CORE = 13.6;
const SELECTED_SCALE = 1.32;
const MARGIN = 5;
/** Size of a donut's number. */
const COUNT_PX = { s: 13.5, m: 14.5, l: 15, xl: 15.5 } as const;
const TURN = Math.PI * 2;
const TOP = -Math.PI / 2;

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Corners of a regular shape of the same visual weight as a circle of radius r, first corner on top (or flat for the square). */
export const CORNERS: Record<Exclude<Shape, 'circle'>, { n: number; scale: number; turn: number; drop: number }> = {
  square: { n: 4, scale: 1.24, turn: Math.PI / 4, drop: 0 },
  diamond: { n: 4, scale: 1.2, turn: 0, drop: 0 },
  triangle: { n: 3, scale: 1.34, turn: 0, drop: 0.2 },
  hexagon: { n: 6, scale: 1.1, turn: Math.PI / 6, drop: 0 },
  pentagon: { n: 5, scale: 1.14, turn: 0, drop: 0.06 },
};

function traceShape(ctx: Context, shape: Shape, radius: number): void {
  ctx.beginPath();
  if (shape === 'circle') {
    ctx.arc(0, 0, radius, 0, TURN);
    return;
  }
  const { n, scale, turn, drop } = CORNERS[shape];
  const reach = radius * scale;
  const corner = (i: number): [number, number] => {
    const angle = TOP + turn + (i * TURN) / n;
    return [Math.cos(angle) * reach, Math.sin(angle) * reach + drop * radius];
  };
  const middle = (i: number): [number, number] => {
    const [ax, ay] = corner(i);
    const [bx, by] = corner(i + 1);
    return [(ax + bx) / 2, (ay + by) / 2];
  };
  ctx.moveTo(...middle(0));
  for (let i = 1; i <= n; i += 1) ctx.arcTo(...corner(i), ...middle(i), radius * 0.3);
  ctx.closePath();
}

function drawDisc(ctx: Context, radius: number, options: { fill: string; shadow: string; ratio: number }): void {
  ctx.save();
  ctx.shadowColor = options.shadow;
  // Shadows are measured in device pixels whatever the transform.
  ctx.shadowBlur = 4.5 * options.ratio;
  ctx.shadowOffsetY = 1.4 * options.ratio;
  ctx.fillStyle = options.fill;
  ctx.beginPath();
  ctx.arc(0, 0, radius, 0, TURN);
  ctx.fill();
  ctx.restore();
}

function arc(ctx: Context, options: { radius: number; width: number; colour: string; from: number; share: number; cap?: CanvasLineCap }): void {
  ctx.beginPath();
  ctx.arc(0, 0, options.radius, options.from, options.from + TURN * options.share);
  ctx.lineWidth = options.width;
  ctx.strokeStyle = options.colour;
  ctx.lineCap = options.cap ?? 'butt';
  ctx.stroke();
}

const INK_FONT = 'system-ui, "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", sans-serif';

function drawInk(ctx: Context, text: string, { colour, font }: { colour: string; font: string }): void {
  ctx.font = `${font} ${INK_FONT}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'alphabetic';
  const box = ctx.measureText(text);
  ctx.fillStyle = colour;
  // Centred on the ink itself: line boxes of Latin and Japanese faces differ by a pixel or two.
  ctx.fillText(text, 0, (box.actualBoundingBoxAscent - box.actualBoundingBoxDescent) / 2);
}

function drawLetter(ctx: Context, letter: string, colour: string): void {
  const length = [...letter].length;
  const size = length <= 1 ? 13.5 : length === 2 ? 11.5 : 9;
  drawInk(ctx, letter, { colour, font: `800 ${size}px` });
}

function drawPin(ctx: Context, pin: Pin, ratio: number): void {
  const p = palettes[pin.theme];
  drawDisc(ctx, DISC, { fill: p.disc, shadow: p.shadow, ratio });
  arc(ctx, { radius: RING, width: RING_WIDTH, colour: p.track, from: 0, share: 1 });
  if (pin.win > 0) arc(ctx, { radius: RING, width: RING_WIDTH, colour: pin.colour, from: TOP, share: pin.win / 100 });
  traceShape(ctx, pin.shape, pin.approximate ? CORE - 1.4 : CORE);
  if (pin.approximate) {
    ctx.lineWidth = 2.2;
    ctx.lineCap = 'butt';
    ctx.strokeStyle = pin.colour;
    ctx.setLineDash([3.2, 2.6]);
    ctx.stroke();
    ctx.setLineDash([]);
  } else {
    ctx.fillStyle = pin.colour;
    ctx.fill();
  }
  drawLetter(ctx, pin.letter, pin.approximate ? (pin.theme === 'dark' ? pin.colour : p.ink) : wantsDarkInk(pin.colour) ? p.inkOnLight : '#ffffff');
  if (pin.overdue) {
    ctx.beginPath();
    ctx.arc(14.5, -14.5, 6.2, 0, TURN);
    ctx.fillStyle = p.disc;
    ctx.fill();
    ctx.beginPath();
    ctx.arc(14.5, -14.5, 4.4, 0, TURN);
    ctx.fillStyle = p.alert;
    ctx.fill();
  }
}

function drawDonut(ctx: Context, donut: Donut, ratio: number): void {
  const p = palettes[donut.theme];
  const outer = DONUT_RADIUS[donut.size];
  drawDisc(ctx, outer, { fill: p.disc, shadow: p.shadow, ratio });
  const width = outer * 0.29;
  const radius = outer - 2.2 - width / 2;
  const total = donut.parts.reduce((sum, row) => sum + row.parts, 0);
  const gap = donut.parts.length > 1 ? 1.5 / (TURN * radius) : 0;
  let from = TOP;
  for (const row of donut.parts) {
    const share = row.parts / total;
    arc(ctx, { radius, width, colour: row.colour, from: from + gap * Math.PI, share: share - gap });
    from += share * TURN;
  }
  if (donut.label) drawInk(ctx, donut.label, { colour: p.ink, font: `700 ${COUNT_PX[donut.size]}px` });
}

export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** What a name stands for: half the side of its square in CSS pixels, and how it is drawn around the middle of it. */
export interface Sketch {
  half: number;
  draw: (ctx: Context, ratio: number) => void;
}

/** Return the sketch of an image name, or null when it is not one of ours. */
export function sketchOf(key: string): Sketch | null {
  const pin = parsePinKey(key);
  if (pin) {
    const scale = pin.selected ? SELECTED_SCALE : 1;
    return {
      half: DISC * scale + MARGIN,
      draw: (ctx, ratio) => {
        ctx.scale(scale, scale);
        drawPin(ctx, pin, ratio);
      },
    };
  }
  const donut = parseDonutKey(key);
  return donut && { half: DONUT_RADIUS[donut.size] + MARGIN, draw: (ctx, ratio) => drawDonut(ctx, donut, ratio) };
}

/** Draw a sketch around a point of a canvas, in its own pixels. */
export function drawAround(ctx: Context, sketch: Sketch, { x, y, ratio }: { x: number; y: number; ratio: number }): void {
  ctx.setTransform(ratio, 0, 0, ratio, x, y);
  sketch.draw(ctx, ratio);
}

/** Return the picture an image name stands for, or null when it is not one of ours. */
export function drawImage(key: string, ratio: number): Picture | null {
  const room = parseRoomKey(key);
  if (room !== null) return emptyPicture(Math.ceil(room * 2 * ratio));
  const sketch = sketchOf(key);
  if (!sketch) return null;
  const side = Math.ceil(sketch.half * 2 * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!ctx) return emptyPicture(1);
  drawAround(ctx, sketch, { x: side / 2, y: side / 2, ratio });
  return { width: side, height: side, data: ctx.getImageData(0, 0, side, side).data };
}

function emptyPicture(side: number): Picture {
  return { width: side, height: side, data: new Uint8ClampedArray(side * side * 4) };
}
