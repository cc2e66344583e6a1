/** The words on the screen, in the user's language. A template that calls t() is drawn again when the language changes. */
import type ja from './ja.json';

export type Locale = 'ja' | 'en';
export type Key = keyof typeof ja;
type Params = Record<string, string | number>;
type Dictionary = Record<string, string>;

let current = $state<Locale>('ja');
let words = $state.raw<Dictionary>({});

export const locale = (): Locale => current;

/** Load a language's words and show them. */
export async function useLocale(next: Locale): Promise<void> {
  const module: { default: Dictionary } = next === 'ja' ? await import('./ja.json') : await import('./en.json');
  words = module.default;
  current = next;
  if (typeof document !== 'undefined') document.documentElement.lang = next;
}

/** The words for a key, with {name} places filled in. */
export function t(key: Key, params?: Params): string {
  return fill(words[key] ?? key, params);
}

/** As t(), for a count {n}: takes the key with _one where English needs the singular. */
export function tn(key: Key, n: number, params?: Params): string {
  const singular = current === 'en' && n === 1 ? words[`${key}_one`] : undefined;
  return fill(singular ?? words[key] ?? key, { ...params, n: n.toLocaleString(current) });
}

function fill(pattern: string, params: Params | undefined): string {
  if (!params) return pattern;
  return pattern.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}
