/** A faint grid of dots on the land at street zoom: without streets, it is what shows that the map moves. */
import type { Picture } from './draw';
import { palettes } from './palette';
import { GRAIN } from './style';

const SIDE = 32;
const DOT = 1;

export function grainPicture(id: string, ratio: number): Picture | null {
  const theme = id === `${GRAIN}-dark` ? 'dark' : 'light';
  const side = Math.round(SIDE * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!ctx) return null;
  ctx.fillStyle = palettes[theme].grain;
  ctx.beginPath();
  ctx.arc(side / 2, side / 2, DOT * ratio, 0, Math.PI * 2);
  ctx.fill();
  return { width: side, height: side, data: ctx.getImageData(0, 0, side, side).data };
}
