/** The words on the screen, in the user's language. A template that calls t() is drawn again when the language changes. */
import type ja from './ja.json';
import type jaMore from './ja.more.json';

export type Locale = 'ja' | 'en';
export type Key = keyof typeof ja | keyof typeof jaMore;
type Params = Record<string, string | number>;
type Dictionary = Record<string, string>;

let current = $state<Locale>('ja');
let words = $state.raw<Dictionary>({});

export const locale = (): Locale => current;

let hasMore = false;

/** Load the words of a language's first screens and show them. */
export async function useLocale(next: Locale): Promise<void> {
  const first: { default: Dictionary } = next === 'ja' ? await import('./ja.json') : await import('./en.json');
  words = first.default;
  current = next;
  if (hasMore) await moreWords();
  if (typeof document !== 'undefined') document.documentElement.lang = next;
}

/** Load the words of the screens that are opened later: map, imports, settings, help. */
export async function moreWords(): Promise<void> {
  hasMore = true;
  const of = current;
  const more: { default: Dictionary } = of === 'ja' ? await import('./ja.more.json') : await import('./en.more.json');
  if (of === current) words = { ...words, ...more.default };
}

/** The words for a key, with {name} places filled in; nothing for a moment where they are still being loaded. */
export function t(key: Key, params?: Params): string {
  return fill(words[key] ?? '', params);
}

/** As t(), for a count {n}: takes the key with _one where English needs the singular. */
export function tn(key: Key, n: number, params?: Params): string {
  const singular = current === 'en' && n === 1 ? words[`${key}_one`] : undefined;
  return fill(singular ?? words[key] ?? '', { ...params, n: grouped(n) });
}

/** 12,345 in both languages; the browser's own formatter takes longer than all else on a line of a list. */
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

function fill(pattern: string, params: Params | undefined): string {
  if (!params) return pattern;
  return pattern.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}
