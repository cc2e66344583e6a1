/** What a pin says, and the image name that carries all of it, so that any pin can be drawn from its name alone. */
import type { Theme } from '../core/theme';

export type Shape = 'circle' | 'square' | 'diamond' | 'triangle' | 'hexagon' | 'pentagon';
const SHAPES: readonly Shape[] = ['circle', 'square', 'diamond', 'triangle', 'hexagon', 'pentagon'];

/** How one value (a status, a rank, a band of days) is drawn: never by its colour alone. */
export interface Look {
  colour: string;
  shape: Shape;
  letter: string;
}

export interface Pin extends Look {
  /** Win probability 0-100: the ring, filled clockwise. */
  win: number;
  overdue: boolean;
  /** The position is known to the town or less: drawn hollow. */
  approximate: boolean;
  selected: boolean;
  theme: Theme;
}

export const PIN_PREFIX = 'pin';
/** Rings are drawn in steps of 5 points: 21 pictures instead of 101, no visible difference. */
export const WIN_STEP = 5;

export function isShape(text: string): text is Shape {
  return (SHAPES as readonly string[]).includes(text);
}

/** The part of a pin's name that its look decides; pinKey() and the tile layers' expressions put it together the same way. */
export function lookKey(look: Look): string {
  return `${look.colour}|${look.shape}|${look.letter}`;
}

export function pinKey(pin: Pin): string {
  const win = Math.round(pin.win / WIN_STEP) * WIN_STEP;
  const flags = `${pin.overdue ? 'o' : ''}${pin.approximate ? 'a' : ''}`;
  return `${PIN_PREFIX}|${pin.theme}|${pin.selected ? 'selected' : ''}|${win}|${flags}|${lookKey(pin)}`;
}

/** Return the pin a name stands for, or null when the name is not one of ours. */
export function parsePinKey(key: string): Pin | null {
  const [prefix, theme, selected, win, flags, colour, shape, ...letter] = key.split('|');
  if (prefix !== PIN_PREFIX || colour === undefined || shape === undefined || flags === undefined || !isShape(shape)) return null;
  return {
    theme: theme === 'dark' ? 'dark' : 'light',
    selected: selected === 'selected',
    win: Math.min(100, Math.max(0, Number(win) || 0)),
    overdue: flags.includes('o'),
    approximate: flags.includes('a'),
    colour,
    shape,
    letter: letter.join('|'),
  };
}

const ROOM_PREFIX = 'room';

/** The name of an empty picture: it keeps the map's own words from where a pin of that reach (CSS pixels) is drawn. */
export const roomKey = (reach: number): string => `${ROOM_PREFIX}|${reach}`;

export function parseRoomKey(key: string): number | null {
  const [prefix, reach] = key.split('|');
  return prefix === ROOM_PREFIX ? Number(reach) : null;
}

/** Whether dark ink reads better than white on a colour (WCAG relative luminance). */
export function wantsDarkInk(colour: string): boolean {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  if (channels.some(Number.isNaN)) return false;
  const [red = 0, green = 0, blue = 0] = channels.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // Where both inks have the same contrast the luminance is 0.179; white is kept a little longer because bold letters on mid blues read better in it.
  return luminance > 0.3;
}
