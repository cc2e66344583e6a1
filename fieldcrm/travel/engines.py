"""What an engine is, and what is believed of its answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np

from fieldcrm.travel.asking import EngineFailed
from fieldcrm.travel.matrices import Numbers, Source, Table
from fieldcrm.travel.rules import Point, great_circle_m

FARTHEST_SNAP_M: Final = 1_000.0
"""A place farther than this from the road that an engine moved it to has no way there: it lies in the sea, or
outside of the engine's map. Engines move places over any distance and say nothing."""
LONGEST_S: Final = 14 * 86_400.0
LONGEST_M: Final = 20_000_000.0
CREDIT: Final = "© OpenStreetMap contributors"


class Engine(Protocol):
    """A server that knows roads, asked for one mode of travel. Its failures are EngineFailed."""

    @property
    def name(self) -> Source:
        """Which kind it is."""

    @property
    def most_pairs(self) -> int:
        """How many ways it answers at once."""

    def table(self, sources: Sequence[Point], targets: Sequence[Point], *, within_s: float) -> Table:
        """Return the ways from all sources to all targets, seconds at the wheel alone."""

    def route(self, points: Sequence[Point], *, within_s: float) -> list[Point]:
        """Return the line of the way through the points in this order."""


def numbers(rows: Any, *, shape: tuple[int, int], longest: float) -> Numbers:
    """Return what an engine gave as a table of that shape, null and impossible values as NaN.

    Raises EngineFailed("bad_answer") for anything that is no such table.
    """
    try:
        found = np.array(rows, dtype=np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise EngineFailed("bad_answer") from error
    if found.shape != shape:
        raise EngineFailed("bad_answer")
    with np.errstate(invalid="ignore"):
        found[~((found >= 0) & (found <= longest))] = np.nan
    return found


def paired(durations_s: Numbers, distances_m: Numbers) -> Table:
    """Return both as a table in which a way has its time and its distance, or neither."""
    unknown = np.isnan(durations_s) | np.isnan(distances_m)
    durations_s[unknown] = np.nan
    distances_m[unknown] = np.nan
    return Table(durations_s, distances_m)


def is_far(asked: Point, used: Any) -> bool:
    """Return whether an engine moved a place too far to be of use; `used` is its own longitude, latitude."""
    try:
        lon, lat = (float(value) for value in used)
    except (TypeError, ValueError):
        return False
    return not great_circle_m(asked, (lon, lat)) <= FARTHEST_SNAP_M


def coordinates(given: Any) -> list[Point]:
    """Return the points of a line, or raise EngineFailed("bad_answer")."""
    try:
        line = [(float(lon), float(lat)) for lon, lat in given]
    except (TypeError, ValueError) as error:
        raise EngineFailed("bad_answer") from error
    if len(line) < 2 or not all(_is_on_earth(*point) for point in line):
        raise EngineFailed("bad_answer")
    return line


def _is_on_earth(lon: float, lat: float) -> bool:
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
