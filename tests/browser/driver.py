"""What a person does on the phone, in their words, so that tests read like the scene."""

from __future__ import annotations

import json
import re
import time

from playwright.sync_api import Locator, Page, expect

# What the phone keeps, asked past the screens: `inStore('outbox', 'count')`.
IN_STORE = """const inStore = (table, method, ...key) => new Promise((done, failed) => {
  const user = localStorage.getItem('fieldcrm.user');
  if (user === null) { done(undefined); return; }
  const opening = indexedDB.open(`fieldcrm-${user}`);
  opening.onerror = failed;
  opening.onsuccess = () => {
    const store = opening.result;
    const asking = store.transaction(table).objectStore(table)[method](...key);
    asking.onerror = failed;
    asking.onsuccess = () => { store.close(); done(asking.result); };
  };
});"""
# Where the first load stands is noted until all of it is here.
IS_COPIED = f"""async () => {{ {IN_STORE}
  return Boolean(await inStore('meta', 'get', 'fresh_at')) && !await inStore('meta', 'get', 'snapshot');
}}"""
IS_SENT = f"async () => {{ {IN_STORE} return await inStore('outbox', 'count') === 0; }}"
ARE_FILES_SENT = f"""async () => {{ {IN_STORE}
  return (await inStore('blobs', 'getAll')).every(({{stored_at}}) => stored_at);
}}"""
# The worker names the files it keeps.
IS_APP_KEPT = """async () => {
  if (!navigator.serviceWorker.controller) return false;
  const worker = await (await fetch('/sw.js')).text();
  const files = [...new Set(worker.match(/\\/static\\/assets\\/[\\w.-]+/g))];
  const kept = new Set((await (await caches.open('assets')).keys()).map(({url}) => new URL(url).pathname));
  const shell = (await caches.keys()).find(name => name.startsWith('shell-'));
  const page = shell && await (await caches.open(shell)).match('/');
  return files.length > 1 && files.every(file => kept.has(file)) && Boolean(page);
}"""
# The browser asks for a new worker by itself, at most once a day; the test asks now.
FETCH_NEXT = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration.update();
  const next = registration.installing ?? registration.waiting;
  if (!next) return 'nothing new';
  while (!['installed', 'redundant'].includes(next.state)) {
    await new Promise(done => next.addEventListener('statechange', done, { once: true }));
  }
  return next.state;
}"""
PATIENCE_MS = 90_000
ASK_EVERY_MS = 100


class Taps:
    """Counts what the finger does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def at(self, x: float, y: float) -> None:
        """Tap a place on the screen."""
        self.count += 1
        self.page.touchscreen.tap(x, y)

    def on(self, target: Locator) -> None:
        """Tap a thing."""
        self.count += 1
        target.tap()


def first_account(page: Page, **wanted: object) -> dict[str, object]:
    """Return an account of the signed-in person as the API tells it."""
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    answer = page.request.get(f"/api/accounts?limit=1&{query}")
    assert answer.ok, answer.text()
    return json.loads(answer.text())["items"][0]


def stand_at(page: Page, lon: float, lat: float) -> None:
    """Be at a place."""
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 15})


def open_map_at(page: Page, lon: float, lat: float, *, zoom: float = 18) -> None:
    """Open the map where one had left it (at street level), with the place in its middle, and wait for it."""
    camera = json.dumps({"lon": lon, "lat": lat, "zoom": zoom})
    page.evaluate("camera => localStorage.setItem('fieldcrm.camera', camera)", camera)
    page.goto("/map")
    expect(page.get_by_text(re.compile(r"この範囲 [1-9]"))).to_be_visible(timeout=PATIENCE_MS)
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until the map has come to rest with all it shows: before, a tap may miss what it aims at."""
    expect(page.locator("[data-drawn=yes]")).to_be_attached(timeout=PATIENCE_MS)


def wait_until_copied(page: Page) -> None:
    """Wait until the phone holds all that the server has for this person."""
    wait_until(page, IS_COPIED)


def wait_until_ready_offline(page: Page) -> None:
    """Wait until the phone needs no network: a whole copy, every file of the app, its page."""
    wait_until_copied(page)
    wait_until(page, IS_APP_KEPT)


def wait_until_sent(page: Page) -> None:
    """Wait until the server has acknowledged all that was saved here."""
    wait_until(page, IS_SENT)


def wait_until_files_sent(page: Page) -> None:
    """Wait until the server has all bytes of what was attached here."""
    wait_until(page, ARE_FILES_SENT)


def wait_until(page: Page, is_so: str, *, given: object = None, patience_ms: int = PATIENCE_MS) -> None:
    """Ask again and again: Playwright's own wait takes the promise of an answer for a yes."""
    deadline = time.monotonic() + patience_ms / 1000
    while not page.evaluate(is_so, given):
        assert time.monotonic() < deadline, is_so
        page.wait_for_timeout(ASK_EVERY_MS)


def centre_of_map(page: Page) -> tuple[float, float]:
    """Return where on the screen the middle of the map is: where one stands."""
    box = page.get_by_label("顧客の地図").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
