/** Boot: words, session, store; paint; then fetch what is new. */
import { mount } from 'svelte';
import App from './App.svelte';
import { useLocale } from './core/i18n/i18n.svelte';
import './ui/tokens.css';
import './ui/base.css';

async function boot(): Promise<void> {
  await useLocale(navigator.language.startsWith('ja') ? 'ja' : 'en');
  const target = document.getElementById('app');
  if (!target) throw new Error('The page has no #app.');
  target.replaceChildren();
  mount(App, { target });
}

void boot();
