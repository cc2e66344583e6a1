"""What a person does on the phone, in their words, so that tests read like the scene."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

# The worker names the files it keeps; the server names its state with the last page of a copy.
READY_OFFLINE = """async () => {
  if (!navigator.serviceWorker.controller) return false;
  const worker = await (await fetch('/sw.js')).text();
  const files = new Set(worker.match(/\\/static\\/assets\\/[\\w.-]+/g));
  const kept = new Set((await (await caches.open('assets')).keys()).map(({url}) => new URL(url).pathname));
  const names = await caches.keys();
  const isPageKept = await caches.match('/', {cacheName: names.find(name => name.startsWith('shell-'))});
  const store = await new Promise((done, failed) => {
    const opening = indexedDB.open(`fieldcrm-${localStorage.getItem('fieldcrm.user')}`);
    opening.onsuccess = () => done(opening.result);
    opening.onerror = failed;
  });
  const state = await new Promise((done, failed) => {
    const reading = store.transaction('meta').objectStore('meta').get('pull_etag');
    reading.onsuccess = () => done(reading.result);
    reading.onerror = failed;
  });
  store.close();
  const hasFiles = files.size > 1 && [...files].every(file => kept.has(file));
  return hasFiles && isPageKept !== undefined && typeof state === 'string';
}"""


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
    """Open the map where one had left it (at street level), with the place in its middle."""
    camera = json.dumps({"lon": lon, "lat": lat, "zoom": zoom})
    page.evaluate("camera => localStorage.setItem('fieldcrm.camera', camera)", camera)
    page.goto("/map")
    # A new phone is still taking in its first copy.
    expect(page.get_by_text(re.compile(r"この範囲 [1-9]"))).to_be_visible(timeout=60_000)
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until the map has come to rest with all it shows: before, a tap may miss what it aims at."""
    expect(page.locator("[data-drawn=yes]")).to_be_attached(timeout=60_000)


def wait_until_ready_offline(page: Page) -> None:
    """Wait until the phone holds all it needs without a network: files, page, a whole copy."""
    page.wait_for_function(READY_OFFLINE, timeout=60_000)


def centre_of_map(page: Page) -> tuple[float, float]:
    """Return where on the screen the middle of the map is: where one stands."""
    box = page.get_by_label("顧客の地図").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def wait_until_sent(page: Page) -> None:
    """Wait until the server has acknowledged all that was saved here."""
    page.wait_for_function("() => navigator.onLine")
    expect(page.get_by_text(re.compile("送信済み")).first).to_be_visible()
