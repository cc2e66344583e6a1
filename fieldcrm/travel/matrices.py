"""Ways between many places at once: what an answer looks like, and the estimate's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fieldcrm.travel import rules
from fieldcrm.travel.rules import Band, Mode, Point

Source = Literal["osrm", "valhalla", "estimate"]


Numbers = np.ndarray[tuple[int, int], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Table:
    """An engine's seconds at the wheel and metres, from each source (row) to each target; NaN: no way."""

    durations_s: Numbers
    distances_m: Numbers


@dataclass(frozen=True, slots=True)
class Matrix:
    """Seconds from door to door and metres on the road, from each point (row) to each (column).

    `is_estimated` says that at least one of the ways is not of the engine but of the estimate; `source` is
    "estimate" when all of them are.
    """

    durations_s: list[list[int]]
    distances_m: list[list[int]]
    source: Source
    is_estimated: bool


def estimated(points: Sequence[Point], *, mode: Mode, band: Band, factor: float) -> Matrix:
    """Return what `rules.estimate` gives for every pair."""
    crow_m = great_circles_m(points)
    buffered = factor * (100 + rules.BUFFER_PERCENT) / 100
    roads_m = _along(rules.ROAD_M, crow_m)
    if mode == "car":
        moving = _along(rules.CAR_S, crow_m) * rules.BAND_FACTOR[band]
    else:
        moving = roads_m / (rules.CYCLING_M_PER_S if mode == "bicycle" else rules.WALKING_M_PER_S)
    durations = np.floor(moving * buffered + 0.5) + stops_s(crow_m, mode=mode)
    return Matrix(
        durations.astype(int).tolist(), np.floor(roads_m + 0.5).astype(int).tolist(), "estimate", True
    )


def on_roads(
    points: Sequence[Point], told: Table, instead: Matrix, *, source: Source, mode: Mode, factor: float
) -> Matrix:
    """Return the ways an engine told, with parking, and where it told none those of `instead`, an estimate.

    `factor` is the organisation's own and multiplies the engine's driving. There is no buffer: that is for
    what an estimate cannot know.
    """
    is_unknown = np.isnan(told.durations_s)
    driving = np.floor(np.where(is_unknown, 0, told.durations_s) * factor + 0.5)
    durations = driving + stops_s(great_circles_m(points), mode=mode)
    distances = np.floor(np.where(is_unknown, 0, told.distances_m) + 0.5)
    if len(points) > 1 and is_unknown.sum() == len(points) * (len(points) - 1):
        source = "estimate"
    return Matrix(
        np.where(is_unknown, np.array(instead.durations_s), durations).astype(int).tolist(),
        np.where(is_unknown, np.array(instead.distances_m), distances).astype(int).tolist(),
        source,
        is_estimated=bool(is_unknown.any()),
    )


def great_circles_m(points: Sequence[Point]) -> np.ndarray:
    """Return the metres of great circle between every pair."""
    lon, lat = np.radians(np.array(points, dtype=float).reshape(-1, 2)).T
    half = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    metres: np.ndarray = 2 * rules.EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return metres


def stops_s(crow_m: np.ndarray, *, mode: Mode) -> np.ndarray:
    """Return what arriving takes on top of moving, for every pair."""
    return np.where(crow_m > rules.SAME_PLACE_M, rules.STOP_S[mode], 0)


def _along(knots: Sequence[tuple[int, int]], at: np.ndarray) -> np.ndarray:
    (x1, y1), (x2, y2) = knots[-2:]
    beyond = y1 + (at - x1) * (y2 - y1) / (x2 - x1)
    within = np.interp(at, [x for x, _ in knots], [y for _, y in knots])
    return np.where(at > x2, beyond, within)
