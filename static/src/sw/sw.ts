/**
 * The service worker: keeps the app's page and files so that it opens without a network, and the basemap's tiles that were seen.
 * It takes over from its predecessor only when the user agrees (message `take-over`), and never touches what pages send to or read from the API.
 */
import { SEND_TAG, sendInBackground } from '../sync/background';
import { answerAsset, keep, prune } from './assets';
import { routeOf } from './routing';
import { shellCache } from './shell';
import { answerForeignTile, answerTile } from './tiles';

declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: { url: string; shell: boolean }[];
declare const __BUILD__: string;

const urls = __PRECACHE__.map((entry) => entry.url);
const shellUrls = __PRECACHE__.filter((entry) => entry.shell).map((entry) => entry.url);
const shell = shellCache(__BUILD__, shellUrls);

/**
 * The first build brings what a start needs and the rest later. A later one brings everything before it is offered, its page included
 * (which nobody gets who is signed out): what works offline today must work offline after the update. Until then the former build stays.
 */
async function install(): Promise<void> {
  const isUpdate = await shell.hasFormer();
  await keep(isUpdate ? urls : shellUrls);
  const isKept = await shell.keep();
  if (isUpdate && !isKept) throw new Error('The page of this build cannot be had now.');
}

self.addEventListener('install', (event) => {
  event.waitUntil(install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([prune({ build: __BUILD__, urls }), shell.forgetOthers()]).then(() => self.clients.claim()));
});

self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const message: unknown = event.data;
  if (message === 'take-over') event.waitUntil(self.skipWaiting());
  // The rest of the app (the map is the larger part) is fetched once the page has nothing better to do.
  if (message === 'warm') event.waitUntil(Promise.all([keep(urls), shell.keep()]).catch(() => undefined));
});

// Background Sync: the browser says that the network is back.
self.addEventListener('sync', (event: Event) => {
  if (event instanceof ExtendableEvent && 'tag' in event && event.tag === SEND_TAG) event.waitUntil(sendInBackground());
});

self.addEventListener('fetch', (event) => {
  switch (routeOf(event.request, self.location.origin)) {
    case 'shell':
      event.respondWith(shell.answer(event.request));
      break;
    case 'asset':
      event.respondWith(answerAsset(event.request));
      break;
    case 'tile':
      event.respondWith(answerTile(event.request, (work) => event.waitUntil(work)));
      break;
    case 'foreign_tile':
      event.respondWith(answerForeignTile(event.request));
      break;
    case 'network':
      break;
  }
});
