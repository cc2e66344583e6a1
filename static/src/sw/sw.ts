/** The service worker: keeps the app's shell so that it opens without a network. */
declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: { url: string; shell: boolean }[];
declare const __BUILD__: string;

const shellCache = `shell-${__BUILD__}`;

self.addEventListener('install', (event) => {
  const urls = __PRECACHE__.filter((entry) => entry.shell).map((entry) => entry.url);
  event.waitUntil(caches.open(shellCache).then((cache) => cache.addAll(urls)));
});

export {};
