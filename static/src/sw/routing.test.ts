import { describe, expect, test } from 'vitest';
import { isShellOf, isStale, keptBuilds, routeOf } from './routing';

const origin = 'https://crm.example.jp';
const get = (path: string, mode = 'cors') => routeOf({ method: 'GET', mode, url: origin + path }, origin);

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
    expect(routeOf({ method: 'POST', mode: 'cors', url: `${origin}/static/assets/a.js` }, origin)).toBe('network');
    expect(routeOf({ method: 'GET', mode: 'cors', url: 'https://cyberjapandata.gsi.go.jp/static/assets/a.js' }, origin)).toBe('network');
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
