import { describe, expect, test } from 'vitest';
import { durationText } from './duration';
import { fitted, LONG_SIDE_PX } from './picture';
import { plainName, preparePdf, Unfit } from './prepared';
import { onPaper } from './strokes';
import { CLOSE, kept, scaledAt, WHOLE } from './zoom';

test('a photo is brought down to 2,048 px at its longer side and never enlarged', () => {
  expect(fitted({ width: 4032, height: 3024 }, LONG_SIDE_PX)).toEqual({ width: 2048, height: 1536 });
  expect(fitted({ width: 3024, height: 4032 }, LONG_SIDE_PX)).toEqual({ width: 1536, height: 2048 });
  expect(fitted({ width: 640, height: 480 }, LONG_SIDE_PX)).toEqual({ width: 640, height: 480 });
  expect(fitted({ width: 20_000, height: 3 }, LONG_SIDE_PX)).toEqual({ width: 2048, height: 1 });
});

test('names lose their path and what cannot be typed', () => {
  expect(plainName('C:\\fakepath\\外観😀.jpg')).toBe('外観😀.jpg');
  expect(plainName('../a\u0000b\n.pdf')).toBe('ab.pdf');
  expect(plainName('あ'.repeat(500) + '.pdf')).toHaveLength(200);
});

test('a document is told by its bytes', async () => {
  const good = await preparePdf(new File(['%PDF-1.7 …'], '見積.pdf', { type: 'application/pdf' }));
  expect(good.taken).toMatchObject({ kind: 'file', name: '見積.pdf', media_type: 'application/pdf' });
  await expect(preparePdf(new File(['MZ'], '見積.pdf'))).rejects.toThrow(Unfit);
});

test('a finger on the screen draws where it is on the paper', () => {
  const box = { left: 10, top: 100, width: 370, height: 500 };
  expect(onPaper({ x: 10, y: 100 }, box, { width: 1110, height: 1500 })).toEqual({ x: 0, y: 0 });
  expect(onPaper({ x: 195, y: 350 }, box, { width: 1110, height: 1500 })).toEqual({ x: 555, y: 750 });
});

describe('looking closer', () => {
  const stage = { width: 400, height: 800 };

  test('keeps what is under the finger there', () => {
    const at = { x: 50, y: -100 };
    const close = scaledAt(WHOLE, CLOSE, at);
    expect(close.scale).toBe(CLOSE);
    // The point of the picture under `at` before: (at - position) / scale.
    expect((at.x - close.x) / close.scale).toBeCloseTo(at.x);
    expect((at.y - close.y) / close.scale).toBeCloseTo(at.y);
  });

  test('never loses the picture from the stage', () => {
    expect(kept({ scale: 2, x: 9999, y: -9999 }, stage)).toEqual({ scale: 2, x: 200, y: -400 });
    expect(kept({ scale: 0.5, x: 30, y: 30 }, stage)).toEqual(WHOLE);
    expect(scaledAt({ scale: 5, x: 0, y: 0 }, 100, { x: 0, y: 0 }).scale).toBeLessThan(10);
  });
});

test('lengths of recordings', () => {
  expect([durationText(0), durationText(7.4), durationText(75), durationText(750), durationText(null)]).toEqual(['0:00', '0:07', '1:15', '12:30', '']);
});
