/** Light or dark: as the device says, unless the user has chosen. Kept in localStorage, since it is needed before the store is open. */
import { writable, type Readable } from './signal';

export type ThemeChoice = 'auto' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const KEY = 'fieldcrm.theme';
const device = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: dark)');

const choice = writable<ThemeChoice>(read());
const effective = writable<Theme>('light');

export const themeChoice: Readable<ThemeChoice> = choice;
/** What is on the screen now; the map draws by it. */
export const theme: Readable<Theme> = effective;

function read(): ThemeChoice {
  try {
    const saved = localStorage.getItem(KEY);
    return saved === 'light' || saved === 'dark' ? saved : 'auto';
  } catch {
    return 'auto';
  }
}

function apply(): void {
  const chosen = choice.get();
  effective.set(chosen === 'auto' ? (device?.matches ? 'dark' : 'light') : chosen);
  if (typeof document === 'undefined') return;
  if (chosen === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
}

export function chooseTheme(next: ThemeChoice): void {
  choice.set(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Kept for this page only.
  }
  apply();
}

device?.addEventListener('change', apply);
apply();
