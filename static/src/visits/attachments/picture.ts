/**
 * Photos made smaller on the phone: at most 2,048 px, upright, JPEG. Drawing them anew leaves everything
 * else behind that a camera writes into a file, the place where it was taken included.
 */
import { plainName, prepare, Unfit, type Prepared } from './prepared';

export const LONG_SIDE_PX = 2048;
export const SMALL_PX = 320;
const QUALITY = 0.85;
const SMALL_QUALITY = 0.8;

export interface Size {
  width: number;
  height: number;
}

/** The size with its longer side brought down to `most`; never enlarged. */
export function fitted({ width, height }: Size, most: number): Size {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export async function preparePhoto(file: Blob & { name?: string }): Promise<Prepared> {
  const image = await openPicture(file);
  try {
    const size = fitted(image, LONG_SIDE_PX);
    const [bytes, small] = [await draw(image, size, QUALITY), await smallOf(image)];
    return await prepare({ kind: 'photo', name: jpegName(file.name ?? ''), media_type: 'image/jpeg', bytes, small, ...size });
  } finally {
    image.close();
  }
}

/** Decode a picture, upright as its camera meant it. Throws Unfit for what this browser cannot open (HEIC in most). */
export async function openPicture(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new Unfit('unopenable');
  }
}

/** The small picture of a timeline. */
export const smallOf = (image: ImageBitmap): Promise<ArrayBuffer> => draw(image, fitted(image, SMALL_PX), SMALL_QUALITY);

function jpegName(name: string): string {
  const stem = plainName(name).replace(/\.[A-Za-z0-9]{1,5}$/, '');
  return `${stem || 'photo'}.jpg`;
}

async function draw(image: ImageBitmap, { width, height }: Size, quality: number): Promise<ArrayBuffer> {
  const canvas = canvasOf(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Unfit('unopenable');
  // JPEG knows no transparency: what is see-through is paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  return (await encode(canvas, 'image/jpeg', quality)).arrayBuffer();
}

type AnyCanvas = OffscreenCanvas | HTMLCanvasElement;

function canvasOf(width: number, height: number): AnyCanvas {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

export async function encode(canvas: AnyCanvas, type: string, quality?: number): Promise<Blob> {
  const options = quality === undefined ? { type } : { type, quality };
  if (!('toBlob' in canvas)) return canvas.convertToBlob(options);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  if (!blob) throw new Unfit('unopenable');
  return blob;
}
