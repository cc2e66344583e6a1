/** Where a day begins: arithmetic alone, for what is decided without words. */

/** How far a time zone's clocks are ahead of UTC at a moment, in milliseconds. Swedish writes dates as ISO does. */
const ahead = (timeZone: string, at: number): number => Date.parse(`${new Date(at).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')}Z`) - at;

/** The moment (ms) at which a day, or that so many days before it, begins in a time zone. */
export function startOfDay(timezone: string, day: string, days_before = 0): number {
  const midnight = Date.parse(`${day}T00:00:00Z`) - days_before * 86_400_000;
  // Asked twice: where clocks change that night, the first answer was of the other side.
  return midnight - ahead(timezone, midnight - ahead(timezone, midnight));
}
