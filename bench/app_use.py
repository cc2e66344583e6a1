"""What a person does with 20,000 accounts on the phone, from the finger or the key to the painted answer."""

import math
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext

from bench import app_data
from bench.harness import Suite, at_most, percentile
from bench.phone import SLOWED, Screen, SignedIn, opened

QUERIES = (
    *("佐藤", "歯科", "あおやま", "若葉 病院", "3-12", "製作所44", "0312", "K00017", "中央区 鈴木"),
    "ないなまえ",
)
CHANGES = (
    ("期限超過", None),
    ("状況", "4"),
    ("確度", "50"),
    ("期限超過", None),
    ("種別", "person"),
    ("状況", ""),
    ("確度", "0"),
    ("種別", ""),
)
"""Chips pressed, or chosen from, one after the other; at the end no filter is left."""
VIEWS = ((137.0, 36.5, 4.6), (*app_data.TOKYO, 11.5))
"""All of Japan, and a city."""
ROUNDS = 3
LASSOED = 500
LASSO_RADIUS_PX = 140
CORNERS = 60
LASSOS = 10
SELECTED = "section.peek li[aria-setsize]"
VISITS = 40


def measure(suite: Suite, folder: Path, where: SignedIn, urls: dict[str, str]) -> None:
    """Record everything at full speed against the bars, then with the processor slowed down."""
    with opened(folder, where) as context:
        for slowed in (1, SLOWED):
            use = Use(suite, context, slowed, urls)
            use.search()
            use.filter_map()
            use.lasso()
            use.log_visits()


@dataclass
class Use:
    """A phone in use at one speed."""

    suite: Suite
    context: BrowserContext
    slowed: int
    urls: dict[str, str]

    def _of(self, times: int) -> int:
        """Return how often to do what is done so often at full speed: without a bar a third tells enough."""
        return times if self.slowed == 1 else max(1, times // 3)

    def search(self) -> None:
        """Type in the search of the lists, and of the map, key by key."""
        screen = Screen(self.context, slowed=self.slowed)
        screen.open("/lists", "li[aria-setsize]")
        screen.settle()
        self._record(
            "search in the lists, key to painted result",
            _typed(screen, ".screen", self._of(len(QUERIES))),
            limit_ms=50,
        )
        screen.open_map(lon=app_data.TOKYO[0], lat=app_data.TOKYO[1], zoom=12)
        self._record(
            "search over the map, key to painted result",
            _typed(screen, ".box", self._of(len(QUERIES))),
            limit_ms=50,
        )
        screen.page.close()

    def filter_map(self) -> None:
        """Press the chips over the map."""
        outcomes = []
        for lon, lat, zoom in VIEWS:
            screen = Screen(self.context, slowed=self.slowed)
            screen.open_map(lon=lon, lat=lat, zoom=zoom)
            outcomes += [_change(screen, label, choice) for label, choice in CHANGES * self._of(ROUNDS)]
            screen.page.close()
        of = {part: [outcome[part] for outcome in outcomes] for part in ("took", "sent", "still")}
        name = "filter on the map, press to the frame with every new pin (not the GPU)"
        self._record(name, of["took"], limit_ms=100)
        self._record("  until our code has handed the pins to the map", of["sent"])
        self._record("  until the names around them have made room", of["still"])

    def lasso(self) -> None:
        """Draw a line round 500 accounts: from letting go to the sheet that counts and lists them."""
        circle = app_data.circle_of(self.urls, LASSOED, radius_px=LASSO_RADIUS_PX)
        screen = Screen(self.context, slowed=self.slowed)
        screen.open_map(lon=circle.lon, lat=circle.lat, zoom=circle.zoom)
        times, counts = [], []
        for _ in range(self._of(LASSOS)):
            screen.page.get_by_role("button", name="囲んで選ぶ").tap()
            corners = _circle_on(screen, circle.radius_px)
            screen.arm("pointerup", ".screen", shows=SELECTED)
            screen.draw(corners)
            times.append(screen.outcome_ms())
            counts.append(int(screen.page.locator(SELECTED).first.get_attribute("aria-setsize") or 0))
            screen.page.get_by_role("button", name="選択を解除").tap()
            screen.look(lon=circle.lon, lat=circle.lat, zoom=circle.zoom)
        self._record(f"lasso of {min(counts)} accounts, letting go to painted selection", times, limit_ms=200)
        screen.page.close()

    def log_visits(self) -> None:
        """Log visits: from pressing Save to the painted word that it is kept on this phone."""
        screen = Screen(self.context, slowed=self.slowed)
        times = []
        for account_id in app_data.account_ids(self.urls, self._of(VISITS)):
            screen.page.goto(f"/accounts/{account_id}")
            screen.settle()
            screen.page.get_by_role("button", name="訪問記録").first.tap()
            save = screen.page.get_by_role("button", name="保存", exact=True)
            save.wait_for()
            screen.arm("pointerup", ".toasts", shows=".toast")
            save.tap()
            times.append(screen.outcome_ms())
        self._record("save of a visit, press to painted confirmation", times, limit_ms=50)
        screen.page.close()

    def _record(self, name: str, times_ms: list[float], *, limit_ms: float | None = None) -> None:
        marked = name if self.slowed == 1 else f"{name}, {self.slowed}x"
        bar = at_most(limit_ms) if limit_ms and self.slowed == 1 else None
        self.suite.record(f"{marked}: p95 of {len(times_ms)}", percentile(times_ms, 0.95), "ms", bar=bar)


def _typed(screen: Screen, root: str, queries: int) -> list[float]:
    field = screen.page.get_by_role("searchbox").or_(screen.page.get_by_role("combobox")).first
    field.tap()
    times = []
    for query in QUERIES[:queries]:
        for character in query:
            screen.arm("input", root)
            screen.page.keyboard.insert_text(character)
            times.append(screen.outcome_ms())
        screen.arm("input", root)
        field.fill("")
        screen.outcome_ms()
    return times


def _change(screen: Screen, label: str, choice: str | None) -> dict[str, float]:
    if choice is None:
        screen.arm_map("pointerup")
        screen.page.get_by_role("button", name=label).tap()
    else:
        screen.arm_map("change")
        screen.page.get_by_label(label, exact=True).select_option(choice)
    return screen.outcome()


def _circle_on(screen: Screen, radius_px: int) -> list[tuple[float, float]]:
    box = screen.page.locator(".pad").bounding_box()
    if box is None:
        raise SystemExit("there is nothing to draw on")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    turns = [2 * math.pi * step / CORNERS for step in range(CORNERS)]
    return [(x + radius_px * math.cos(turn), y + radius_px * math.sin(turn)) for turn in turns]
