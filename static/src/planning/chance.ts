/** Chance that can be repeated: the same seed, the same numbers. */

export type Chance = () => number;

/** Numbers from 0 up to 1 (mulberry32). */
export function chanceFrom(seed: number): Chance {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number below `below`. */
export const draw = (chance: Chance, below: number): number => Math.floor(chance() * below);
