"""Travel times and route lines for whoever plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fieldcrm.travel.matrices import Matrix, Source, estimated
from fieldcrm.travel.rules import Mode, Point, band_at

__all__ = ["Line", "Matrix", "Mode", "Point", "line", "matrix"]


@dataclass(frozen=True, slots=True)
class Line:
    """What to draw on the map: longitude, latitude; straight from stop to stop when estimated."""

    coordinates: list[Point]
    source: Source
    is_estimated: bool


def matrix(
    points: Sequence[Point], *, at: datetime | None = None, mode: Mode = "car", factor: float = 1.0
) -> Matrix:
    """Return the ways between all points, longitude first; never fails because of an engine.

    `at` is the local time of the ways (None: of a working day as a whole), `factor` the organisation's own.
    """
    band = "day" if at is None else band_at(at.hour)
    return estimated(points, mode=mode, band=band, factor=factor)


def line(points: Sequence[Point], *, mode: Mode = "car") -> Line:
    """Return the way through the points in this order, for the map."""
    del mode  # a straight line is the same for all
    return Line([(lon, lat) for lon, lat in points], "estimate", is_estimated=True)
