import { describe, expect, test } from 'vitest';
import { isShellOf, isStale, keptBuilds, routeOf, superfluous } from './routing';

const origin = 'https://crm.example.jp';
const get = (path: string, mode = 'cors', cache = 'default') => routeOf({ method: 'GET', mode, cache, url: origin + path }, origin);
const foreign = (path: string, cache = 'default') => routeOf({ method: 'GET', mode: 'cors', cache, url: `https://cyberjapandata.gsi.go.jp${path}` }, origin);

describe('the service worker', () => {
  test('answers the pages of the app, and leaves signing in and downloads to the server', () => {
    expect(['/', '/map', '/map?account=1', '/accounts/0190', '/today'].map((path) => get(path, 'navigate'))).toEqual(Array(5).fill('shell'));
    expect(['/sign-in', '/sign-out', '/api/accounts/export.csv', '/healthz', '/mapping'].map((path) => get(path, 'navigate'))).toEqual(Array(5).fill('network'));
  });

  test('keeps the built files and the basemap, nothing else of the API', () => {
    expect(get('/static/assets/main-abc.js')).toBe('asset');
    expect(get('/api/tiles/basemap/5/28/12.mvt')).toBe('tile');
    expect(['/api/tiles/accounts/5/28/12.mvt', '/api/session', '/api/sync/pull?cursor=0', '/sw.js', '/manifest.webmanifest'].map((path) => get(path))).toEqual(Array(5).fill('network'));
  });

  test('never answers a write, nor another site', () => {
    expect(routeOf({ method: 'POST', mode: 'cors', cache: 'default', url: `${origin}/static/assets/a.js` }, origin)).toBe('network');
    expect(foreign('/static/assets/a.js')).toBe('network');
  });

  test('looks for a tile of another server among those that the user keeps', () => {
    expect(foreign('/xyz/pale/14/14547/6453.png')).toBe('foreign_tile');
    expect(foreign('/xyz/pale/info.json')).toBe('network');
  });

  test('stands aside while an area is being kept', () => {
    expect(get('/api/tiles/basemap/5/28/12.mvt', 'cors', 'no-cache')).toBe('network');
    expect(foreign('/xyz/pale/14/14547/6453.png', 'no-cache')).toBe('network');
  });

  test('gives up the tiles that are the longest unseen', () => {
    expect(superfluous(['a', 'b', 'c'], 2)).toEqual(['a']);
    expect(superfluous(['a', 'b'], 2)).toEqual([]);
  });

  test('keeps only a page that loads its own files', () => {
    expect(isShellOf('<script src="/static/assets/main-abc.js"></script>', ['/static/assets/main-abc.js', '/static/assets/main.css'])).toBe(true);
    expect(isShellOf('<script src="/static/assets/main-new.js"></script>', ['/static/assets/main-abc.js'])).toBe(false);
    // What two builds share says nothing: one strange file is enough.
    expect(isShellOf('<link href="/static/assets/main.css"><script src="/static/assets/main-new.js"></script>', ['/static/assets/main-abc.js', '/static/assets/main.css'])).toBe(false);
    expect(isShellOf('<form action="/sign-in">', ['/static/assets/main-abc.js'])).toBe(false);
  });

  test('keeps two builds, the same one once', () => {
    const build = (name: string) => ({ build: name });
    expect(keptBuilds([build('b'), build('a')], build('c'))).toEqual([build('c'), build('b')]);
    expect(keptBuilds([build('c'), build('b')], build('c'))).toEqual([build('c'), build('b')]);
    expect(keptBuilds([], build('a'))).toEqual([build('a')]);
  });

  test('asks again for a tile after a day, or when its age is unknown', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    expect(isStale('Sun, 22 Nov 2026 00:00:00 GMT', now)).toBe(false);
    expect(isStale('Fri, 20 Nov 2026 00:00:00 GMT', now)).toBe(true);
    expect(isStale(null, now)).toBe(true);
  });
});
