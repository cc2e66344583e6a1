"""From opening the app to a list that can be searched: on an empty phone, and at every later start."""

from dataclasses import dataclass, field
from pathlib import Path

from bench.harness import Suite, at_most, percentile
from bench.phone import SLOWED, Screen, SignedIn, new_phone, opened, wait_until_ready

FIRST_LOADS = 3
LATER_STARTS = 8
ROW = "li[aria-setsize]"


@dataclass
class Loads:
    """What each first load took, in milliseconds."""

    painted: list[float] = field(default_factory=list)
    searched: list[float] = field(default_factory=list)


def measure_first_load(suite: Suite, folder: Path, where: SignedIn) -> None:
    """Record the first load of an empty phone, several times, and leave a full copy in ``folder``."""
    loads = Loads()
    for _ in range(FIRST_LOADS - 1):
        with new_phone() as another, opened(another, where) as context:
            _load(Screen(context, slowed=SLOWED), loads)
    with opened(folder, where) as context:
        screen = Screen(context, slowed=SLOWED)
        _load(screen, loads)
        wait_until_ready(screen.page)
        whole_ms = float(screen.page.evaluate("performance.now()"))
    name = f"first load to the first painted list, {SLOWED}x, slowest of {FIRST_LOADS}"
    suite.record(name, max(loads.painted) / 1000, "s", bar=at_most(6))
    suite.record("  a search typed at that moment, slowest", max(loads.searched), "ms")
    suite.record("  until all details and activities are here", whole_ms / 1000, "s")


def _load(screen: Screen, loads: Loads) -> None:
    loads.painted.append(screen.open("/lists", ROW))
    screen.page.get_by_role("searchbox").focus()
    screen.arm("input", ".screen")
    screen.page.keyboard.insert_text("佐")
    loads.searched.append(screen.outcome_ms())


def measure_later_starts(suite: Suite, folder: Path, where: SignedIn) -> None:
    """Record starts from the phone's own copy: a new page, its service worker installed."""
    for slowed in (1, SLOWED):
        for name, starts in (("browser just opened", _cold), ("browser running", _warm)):
            took = [ms / 1000 for ms in starts(folder, where, slowed)]
            marked = f"later start to the first painted list, {name}{'' if slowed == 1 else f', {slowed}x'}"
            bar = at_most(1) if slowed == 1 else None
            suite.record(f"{marked}, slowest of {len(took)}", max(took), "s", bar=bar)
            suite.record("  the median of them", percentile(took, 0.5), "s")


def _cold(folder: Path, where: SignedIn, slowed: int) -> list[float]:
    started = []
    for _ in range(LATER_STARTS):
        with opened(folder, where) as context:
            started.append(Screen(context, slowed=slowed).open("/lists", ROW))
    return started


def _warm(folder: Path, where: SignedIn, slowed: int) -> list[float]:
    started = []
    with opened(folder, where) as context:
        Screen(context).open("/lists", ROW)
        for _ in range(LATER_STARTS):
            screen = Screen(context, slowed=slowed)
            started.append(screen.open("/lists", ROW))
            screen.page.close()
    return started
