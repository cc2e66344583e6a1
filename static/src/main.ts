/** Start: words, user, store; paint; then fetch what is new. */
import { mount } from 'svelte';
import { accountsIndex } from './accounts';
import App from './App.svelte';
import { prepare, prepareRest } from './pages';
import { start, type Start } from './boot';
import { chosenLocale } from './core/i18n/choice';
import { moreWords, t, useLocale } from './core/i18n/i18n.svelte';
import { onceReached } from './core/reach';
import { route } from './core/router.svelte';
import { isStorageFull, startTroubleOf } from './core/trouble';
import { syncState } from './sync/current';
import { dismiss, toast } from './ui/toasts';
import './ui/tokens.css';
import './ui/base.css';

async function boot(target: HTMLElement): Promise<void> {
  const [started] = await Promise.all([start().then(follow).catch((error: unknown) => ({ kind: 'trouble' as const, trouble: startTroubleOf(error) })), useLocale(chosenLocale())]);
  target.replaceChildren();
  if (started.kind === 'trouble') {
    const [{ default: StartProblem }] = await Promise.all([import('./StartProblem.svelte'), moreWords()]);
    mount(StartProblem, { target, props: { trouble: started.trouble } });
    return;
  }
  if (started.kind === 'signed_out') {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  // The user's own language, known only now, may be another than the browser's.
  const locale = chosenLocale(started.session.user.locale);
  if (chosenLocale() !== locale) await useLocale(locale);
  mount(App, { target });
  void onceReached(() => import('./synchronise')).then(({ synchronise }) => synchronise(started.store, started));
  if (started.is_fresh) await firstRows();
  whenIdle(() => {
    void prepareRest();
    if (!import.meta.env.DEV) void onceReached(() => import('./core/updates')).then(({ watchForUpdates }) => watchForUpdates({ isBusy: isWriting, offer: offerUpdate }));
  });
}

/** Lists and map are read while the rest of the page is still being made ready. */
function follow(started: Start): Start {
  if (started.kind === 'ready') accountsIndex.follow(started.store);
  return started;
}

/** On a phone that is still empty the lists come first; where they do not come, the rest does not wait for them for ever. */
function firstRows(): Promise<void> {
  return new Promise((resolve) => {
    syncState.subscribe(({ loading, fresh_at, is_cut_off }) => loading !== 'rows' && (loading ?? fresh_at ?? is_cut_off) && resolve());
    setTimeout(resolve, LISTS_FIRST_MS);
  });
}

/** Whether a form is open (a visit, an account, an import, any sheet) or accounts have been chosen on the map. */
function isWriting(): boolean {
  const { segments, query } = route();
  return query.has('visit') || segments[0] === 'imports' || segments[1] === 'new' || segments[2] === 'edit' || document.querySelector('dialog[open], [data-busy]') !== null;
}

/** How long the first load of a large customer base may keep the other screens waiting. */
const LISTS_FIRST_MS = 15_000;

/** A new build is no hurry: the offer stays until it is noticed. */
const OFFER_MS = 60_000;

function offerUpdate(accept: () => void): () => void {
  const id = toast(t('update.ready'), { stays_ms: OFFER_MS, action: { label: t('update.apply'), run: accept } });
  return () => dismiss(id);
}

function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 5_000 });
  else setTimeout(work, 2_000);
}

// A form that does not save says so itself; this is for all that has no place to say it.
window.addEventListener('unhandledrejection', (event) => {
  if (!isStorageFull(event.reason)) return;
  event.preventDefault();
  void moreWords().then(() => toast(t('trouble.full'), { tone: 'bad' }));
});

prepare(location.pathname);
const target = document.getElementById('app');
if (target) void boot(target);
