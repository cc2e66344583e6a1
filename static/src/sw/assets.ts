/** The app's built files: kept for this build and the one before, so that a tab that is still open finds its own. */
import { keptBuilds } from './routing';

export interface Build {
  build: string;
  urls: string[];
}

const FILES = 'assets';
const NOTES = 'builds';
const NOTE = '/builds';

async function formerBuilds(): Promise<Build[]> {
  const note = await (await caches.open(NOTES)).match(NOTE);
  // Written by ourselves below; an unreadable note costs only one refetch.
  return note ? note.json().catch(() => []) : [];
}

/** Fetch those of the files that are not yet kept. Hashed names never change their content. */
export async function keep(urls: readonly string[]): Promise<void> {
  const cache = await caches.open(FILES);
  const known = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await cache.addAll(urls.filter((url) => !known.has(url)));
}

/** Forget the files of builds before the last two. */
export async function prune(now: Build): Promise<void> {
  const builds = keptBuilds(await formerBuilds(), now);
  const notes = await caches.open(NOTES);
  await notes.put(NOTE, new Response(JSON.stringify(builds), { headers: { 'Content-Type': 'application/json' } }));
  const wanted = new Set(builds.flatMap((item) => item.urls));
  const cache = await caches.open(FILES);
  for (const request of await cache.keys()) {
    if (!wanted.has(new URL(request.url).pathname)) await cache.delete(request);
  }
}

export async function answerAsset(request: Request): Promise<Response> {
  const cache = await caches.open(FILES);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}
