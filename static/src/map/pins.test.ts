import { describe, expect, test } from 'vitest';
import { parsePinKey, parseRoomKey, pinKey, roomKey, wantsDarkInk, type Pin } from './pins';

const pin: Pin = { colour: '#e69f00', shape: 'diamond', letter: '商', win: 65, overdue: true, approximate: false, selected: false, theme: 'light' };

describe('pin names', () => {
  test('a pin read back from its name is the same pin', () => {
    expect(parsePinKey(pinKey(pin))).toEqual(pin);
    const other: Pin = { ...pin, approximate: true, overdue: false, selected: true, theme: 'dark', letter: '|' };
    expect(parsePinKey(pinKey(other))).toEqual(other);
  });

  test('win probabilities within a step share one picture', () => {
    expect(pinKey({ ...pin, win: 63 })).toBe(pinKey({ ...pin, win: 67 }));
    expect(pinKey({ ...pin, win: 62 })).not.toBe(pinKey({ ...pin, win: 63 }));
  });

  test('every difference a person can see makes another name', () => {
    const others: Pin[] = [
      { ...pin, colour: '#0072b2' },
      { ...pin, shape: 'square' },
      { ...pin, letter: '客' },
      { ...pin, win: 0 },
      { ...pin, overdue: false },
      { ...pin, approximate: true },
      { ...pin, selected: true },
      { ...pin, theme: 'dark' },
    ];
    expect(new Set([pin, ...others].map(pinKey)).size).toBe(9);
  });

  test('a name that is not ours is no pin', () => {
    expect(parsePinKey('donut|light|s|#000000:24')).toBeNull();
    expect(parsePinKey('pin|light||50||#000000|star|A')).toBeNull();
    expect(parsePinKey('')).toBeNull();
  });

  test('the room that a pin takes is no pin', () => {
    expect([parseRoomKey(roomKey(22)), parsePinKey(roomKey(22)), parseRoomKey(pinKey(pin))]).toEqual([22, null, null]);
  });

  test('dark ink on light colours, white on deep ones', () => {
    expect(wantsDarkInk('#e69f00')).toBe(true);
    expect(wantsDarkInk('#fde725')).toBe(true);
    expect(wantsDarkInk('#0072b2')).toBe(false);
    expect(wantsDarkInk('#3c434b')).toBe(false);
  });
});
