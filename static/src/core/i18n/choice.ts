/** Which language to show: the user's choice on this device, else the user's setting, else the browser's. */
import type { Locale } from './i18n.svelte';

const KEY = 'fieldcrm.locale';

export function chosenLocale(setting?: Locale): Locale {
  const saved = localStorage.getItem(KEY);
  if (saved === 'ja' || saved === 'en') return saved;
  if (setting) return setting;
  return navigator.language.startsWith('ja') ? 'ja' : 'en';
}

export function rememberLocale(locale: Locale): void {
  localStorage.setItem(KEY, locale);
}
