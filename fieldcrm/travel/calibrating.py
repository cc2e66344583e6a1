"""Learning an organisation's own factors from the way between its check-ins: pure decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from fieldcrm.travel import rules
from fieldcrm.travel.factors import FactorBand
from fieldcrm.travel.rules import Band, Point

FEWEST_WAYS: Final = 30
"""Fewer say nothing yet; and what few ways say would be what one person did."""
SHORTEST_M: Final = 300
"""Nearer doors are walked to, whatever the mode of the day."""
LONGEST_WAY: Final = timedelta(hours=3)
_BELIEVED: Final = (1 / 4, 4.0)
"""Of the estimate: outside of it somebody had lunch, worked in the car, or logged several visits at once."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Where and when somebody arrived, and when they left again: local time. Not who."""

    arrived_at: datetime
    left_at: datetime
    place: Point


@dataclass(frozen=True, slots=True)
class Way:
    """A way somebody has driven: seconds from door to door, metres of great circle, when it began."""

    took_s: float
    crow_m: float
    one: Point
    other: Point
    band: Band


def ways_of(day: Sequence[CheckIn], timezone: str) -> Iterator[Way]:
    """Yield the ways between consecutive check-ins of one person on one day that can be believed at all."""
    zone = ZoneInfo(timezone)
    for one, other in pairwise(sorted(day, key=lambda each: each.arrived_at)):
        took = other.arrived_at - one.left_at
        crow_m = rules.great_circle_m(one.place, other.place)
        if timedelta(0) < took <= LONGEST_WAY and crow_m >= SHORTEST_M:
            band = rules.band_at(one.left_at.astimezone(zone).hour)
            yield Way(took.total_seconds(), crow_m, one.place, other.place, band)


def ratio(way: Way, moving_s: float) -> float | None:
    """Return how much longer the driving took than `moving_s` says, or None if it is not believed."""
    if not moving_s > 0:
        return None
    found = (way.took_s - rules.stop_s(way.crow_m, mode="car")) / moving_s
    return found if _BELIEVED[0] <= found <= _BELIEVED[1] else None


def factors_from(ratios: Iterable[tuple[Band, float]]) -> dict[FactorBand, tuple[float, int]]:
    """Return the median and its number of ways, for the whole day and each time of day that has enough.

    A median: one way in four may be wrong by any amount and moves it little.
    """
    by_band: dict[FactorBand, list[float]] = {}
    for band, value in ratios:
        by_band.setdefault("all", []).append(value)
        by_band.setdefault(band, []).append(value)
    return {
        band: (_within(median(values)), len(values))
        for band, values in by_band.items()
        if len(values) >= FEWEST_WAYS
    }


def _within(factor: float) -> float:
    return min(rules.FARTHEST_FACTOR, max(1 / rules.FARTHEST_FACTOR, factor))
