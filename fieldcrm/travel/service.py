"""Travel times and route lines for whoever plans: of an engine where one answers, else estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fieldcrm.travel.calibration import calibrate, find_factors, refresh_factors, use_check_ins
from fieldcrm.travel.choosing import roads_for
from fieldcrm.travel.engines import CREDIT
from fieldcrm.travel.factors import NO_FACTORS, Factors
from fieldcrm.travel.matrices import Matrix, Source, estimated, on_roads
from fieldcrm.travel.rules import Mode, Point, band_at

__all__ = [
    "NO_FACTORS",
    "Factors",
    "Line",
    "Matrix",
    "Mode",
    "Point",
    "calibrate",
    "find_factors",
    "line",
    "matrix",
    "refresh_factors",
    "use_check_ins",
]


@dataclass(frozen=True, slots=True)
class Line:
    """What to draw on the map: longitude, latitude; straight from stop to stop when estimated.

    `credit` must be shown with it, where there is one.
    """

    coordinates: list[Point]
    source: Source
    is_estimated: bool
    credit: str | None = None


def matrix(
    points: Sequence[Point],
    *,
    at: datetime | None = None,
    mode: Mode = "car",
    factors: Factors = NO_FACTORS,
) -> Matrix:
    """Return the ways between all points, longitude first; what an engine does not tell is estimated.

    `at` is the local time of the ways (None: of a working day as a whole), `factors` the organisation's own.
    """
    band = "day" if at is None else band_at(at.hour)
    own = factors if mode == "car" else NO_FACTORS
    estimate = estimated(points, mode=mode, band=band, factor=own.of("estimate", band))
    roads = roads_for(mode)
    if roads is None:
        return estimate
    told = roads.table(points)
    return on_roads(points, told, estimate, source=roads.source, mode=mode, factor=own.of(roads.source, band))


def line(points: Sequence[Point], *, mode: Mode = "car") -> Line:
    """Return the way through the points in this order, for the map; straight when no engine tells it."""
    roads = roads_for(mode)
    found = None if roads is None else roads.route(points)
    if roads is None or found is None:
        return Line([(lon, lat) for lon, lat in points], "estimate", is_estimated=True)
    return Line(found, roads.source, is_estimated=False, credit=CREDIT)
