/** Statuses and outcomes as the screens name and colour them. */
import { locale } from '../core/i18n/i18n.svelte';
import { session, type Outcome, type Status } from '../core/session';

export function statusOf(no: number): Status | undefined {
  return session().statuses.find((status) => status.no === no);
}

export const activeStatuses = (): Status[] => session().statuses.filter((status) => status.is_active).sort((a, b) => a.position - b.position);

export const activeOutcomes = (): Outcome[] => session().outcomes.filter((outcome) => outcome.is_active).sort((a, b) => a.position - b.position);

export function statusName(no: number): string {
  const status = statusOf(no);
  return status ? nameOf(status) : String(no);
}

export function statusLetter(no: number): string {
  const status = statusOf(no);
  if (!status) return '?';
  return locale() === 'ja' ? status.letter_ja : status.letter_en;
}

export function outcomeName(no: number): string {
  const outcome = session().outcomes.find((item) => item.no === no);
  return outcome ? nameOf(outcome) : String(no);
}

/** The name in the user's language of anything that has one in both. */
export function nameOf(item: { name_ja: string; name_en: string }): string {
  return locale() === 'ja' ? item.name_ja : item.name_en || item.name_ja;
}

export function userName(id: string | null): string {
  return session().users.find((user) => user.id === id)?.name ?? '';
}

const DARK_INK = '#1b1300';

/** Black or white, whichever reads better on the colour. */
export function inkOn(colour: string): string {
  const channels = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * (channels[0] ?? 0) + 0.7152 * (channels[1] ?? 0) + 0.0722 * (channels[2] ?? 0);
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.058 ? '#ffffff' : DARK_INK;
}
