"""A phone for measurements: Chromium with a profile on the disk, 390x844, touch, slowed down on request."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from bench.harness import ROOT

SLOWED = 4
"""How many times slower the throttled processor is."""

FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --ignore-gpu-blocklist"
).split()
PAINTED = (ROOT / "bench/painted.js").read_text(encoding="utf-8")
TOKYO = {"longitude": 139.70, "latitude": 35.68, "accuracy": 20.0}


@dataclass(frozen=True)
class SignedIn:
    """Where the app is, and the cookie of who has signed in there."""

    url: str
    cookie: tuple[str, str]


@contextmanager
def new_phone() -> Iterator[Path]:
    """The folder of a phone on which nothing has been opened yet; gone afterwards.

    A browser without one keeps its databases in memory, which no phone does.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def opened(folder: Path, where: SignedIn) -> Iterator[BrowserContext]:
    """The phone's browser, started anew."""
    name, value = where.cookie
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(folder),
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=FLAGS,
            base_url=where.url,
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            geolocation=TOKYO,  # type: ignore[arg-type]  # a TypedDict in its stubs
            permissions=["geolocation", "background-sync"],
        )
        context.set_default_timeout(120_000)
        context.add_cookies([{"name": name, "value": value, "url": where.url}])
        context.add_init_script(PAINTED)
        yield context
        context.close()


class Screen:
    """One page of the phone."""

    def __init__(self, context: BrowserContext, *, slowed: int = 1) -> None:
        self.page: Page = context.new_page()
        self.devtools: CDPSession = context.new_cdp_session(self.page)
        self.slow_down(slowed)

    def slow_down(self, times: int) -> None:
        """Slow the page's own processor down: its main thread; what runs beside it stays as fast."""
        self.devtools.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def open(self, path: str, shows: str) -> float:
        """Open an address; return the milliseconds until the first frame that shows the selector."""
        self.page.goto(path, wait_until="commit")
        return float(self.page.evaluate("selector => bench.appears(selector)", shows))

    def settle(self) -> None:
        """Wait until a start has done all that follows it, its first round of sync too."""
        self.page.wait_for_load_state("networkidle")

    def arm(self, type_: str, root: str, *, shows: str | None = None) -> None:
        """Be ready to time what follows the next such event, until ``shows`` is there or all is still."""
        given = {"type": type_, "root": root, "shows": shows}
        self.page.evaluate(f"bench.arm({json.dumps(given)})")

    def outcome(self) -> dict[str, float]:
        """Return the milliseconds from that event to what painted.js says of it."""
        told: dict[str, float] = self.page.evaluate("bench.outcome()")
        return told

    def outcome_ms(self) -> float:
        """Return the milliseconds from that event to the last frame that it changed."""
        return self.outcome()["took"]

    def open_map(self, *, lon: float, lat: float, zoom: float) -> None:
        """Open the map where one had left it, and wait until it is drawn and at rest."""
        camera = json.dumps({"lon": lon, "lat": lat, "zoom": zoom})
        self.page.goto("/today")
        self.page.evaluate("camera => localStorage.setItem('fieldcrm.camera', camera)", camera)
        self.page.evaluate("localStorage.removeItem('fieldcrm.filter')")
        self.page.goto("/map")
        self.page.locator("[data-drawn=yes]").wait_for(state="attached")
        self.page.evaluate("bench.findMap({theme: 'light', locale: 'ja', overlay: null})")
        self.settle()

    def look(self, *, lon: float, lat: float, zoom: float) -> None:
        """Bring the map back to that camera."""
        self.page.evaluate("camera => bench.look(camera)", {"lon": lon, "lat": lat, "zoom": zoom})

    def arm_map(self, type_: str) -> None:
        """Be ready to time how the map follows the next event of that type."""
        self.page.evaluate("type => bench.armMap(type)", type_)

    def draw(self, corners: Sequence[tuple[float, float]]) -> None:
        """Draw a line with the finger."""
        first, *others = corners
        self._touch("touchStart", first)
        for corner in others:
            self._touch("touchMove", corner)
        self.devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def _touch(self, what: str, at: tuple[float, float]) -> None:
        points = [{"x": at[0], "y": at[1]}]
        self.devtools.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": points})


IS_READY = """async () => {
  if (!navigator.serviceWorker.controller) return false;
  const user = localStorage.getItem('fieldcrm.user');
  if (user === null) return false;
  const request = indexedDB.open(`fieldcrm-${user}`);
  const store = await new Promise((done) => { request.onsuccess = () => done(request.result); });
  const meta = store.transaction('meta').objectStore('meta');
  const ask = (key) => new Promise((done) => {
    meta.get(key).onsuccess = ({ target }) => done(target.result);
  });
  const [fresh_at, snapshot] = await Promise.all([ask('fresh_at'), ask('snapshot')]);
  store.close();
  return Boolean(fresh_at) && !snapshot;
}"""
PATIENCE_S = 300
ASK_EVERY_MS = 200


def wait_until_ready(page: Page) -> None:
    """Wait until the phone has all that the server has for this person, and its service worker."""
    deadline = time.monotonic() + PATIENCE_S
    while not page.evaluate(IS_READY):
        if time.monotonic() > deadline:
            raise SystemExit("the phone's copy is not complete")
        page.wait_for_timeout(ASK_EVERY_MS)
