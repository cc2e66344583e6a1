"""How long a way takes when no roads are known: pure arithmetic, its parameters with their sources.

The phone computes the same in `static/src/planning/estimate.ts`; tests/cases/travel.json binds both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

Mode = Literal["car", "bicycle", "walking"]
Band = Literal["night", "morning", "day", "evening"]
Point = tuple[float, float]
"""Longitude, latitude in degrees."""

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius: a great circle is then within 0.5 % of the ellipsoid's way."""

ROAD_M: Final = ((0, 0), (1_000, 1_450), (6_000, 8_280), (20_000, 26_400), (60_000, 75_000))
"""Metres on roads for metres of great circle, straight lines between and beyond these.

Factors 1.45, 1.38, 1.32 and 1.25, each at the middle of its band (under 2, 10, 40 and above 40 km): medians
of 1.5 to 1.9 below 1 km and of 1.2 to 1.4 at 10 to 20 km, measured on three OpenStreetMap networks. Newell
1980: about 1.2 in towns; Ballou et al. 2002: 1.2 to 1.6 by country; Giacomin and Levinson 2015: the shorter,
the more of a detour. Lines instead of steps, so that what is farther is never nearer by road.
"""

CAR_S: Final = (
    (0, 0),
    (1_000, 200),
    (3_500, 467),
    (7_500, 806),
    (15_000, 1_479),
    (40_000, 3_400),
    (100_000, 6_500),
)
"""Seconds at the wheel for metres of great circle, straight lines between and beyond these.

Great-circle speeds of 18 km/h up to 1 km, and of 27, 33.5 and 36.5 km/h at the middle of 2 to 5, 5 to 10
and 10 to 20 km, as measured on the same networks; Japan's road census (2010) gives 35 km/h on the road at
the busy hours. Beyond 15 km it is assumed: up to 40 km each further kilometre at 47 km/h, which is 59 km/h on
the road, then at 70 km/h, expressways.
"""

BAND_FACTOR: Final[dict[Band, float]] = {"night": 0.9, "morning": 1.1, "day": 1.0, "evening": 1.15}
"""How much longer a car takes by time of day: assumed, until an organisation's check-ins say it better."""
_BAND_FROM_HOUR: Final[tuple[tuple[int, Band], ...]] = (
    (20, "night"),
    (16, "evening"),
    (10, "day"),
    (6, "morning"),
    (0, "night"),
)

CYCLING_M_PER_S: Final = 15 / 3.6
"""On the road: what traffic planning counts with in Japanese towns."""
WALKING_M_PER_S: Final = 80 / 60
"""On the road: 80 m a minute, as the rules for property advertisements (表示規約) count."""

BUFFER_PERCENT: Final = 15
"""On top of every estimated way: plans that are kept more often than not."""
STOP_S: Final[dict[Mode, int]] = {"car": 120, "bicycle": 60, "walking": 0}
"""Finding a place to park, and walking to the door; nothing where the next door is at the same place."""
SAME_PLACE_M: Final = 50
FARTHEST_FACTOR: Final = 3.0
"""An organisation's own factor lies between a third of the estimate and three times as long."""


@dataclass(frozen=True, slots=True)
class Way:
    """From door to door: seconds with parking and buffer, metres on the road."""

    duration_s: int
    distance_m: int


def estimate(one: Point, other: Point, *, mode: Mode = "car", band: Band = "day", factor: float = 1.0) -> Way:
    """Return how long the way takes and how far it is, by great circle.

    `factor` is the organisation's own for this time of day (see calibration) and multiplies driving alone.
    """
    return way_of(great_circle_m(one, other), mode=mode, band=band, factor=factor)


def way_of(crow_m: float, *, mode: Mode, band: Band, factor: float) -> Way:
    """Return what `estimate` does for metres of great circle."""
    moving = moving_s(crow_m, mode=mode, band=band)
    with_buffer = moving * factor * (100 + BUFFER_PERCENT) / 100
    return Way(whole(with_buffer) + stop_s(crow_m, mode=mode), whole(_along(ROAD_M, crow_m)))


def moving_s(crow_m: float, *, mode: Mode, band: Band) -> float:
    """Return the seconds under way, without parking and buffer."""
    if mode == "car":
        return _along(CAR_S, crow_m) * BAND_FACTOR[band]
    return _along(ROAD_M, crow_m) / (CYCLING_M_PER_S if mode == "bicycle" else WALKING_M_PER_S)


def stop_s(crow_m: float, *, mode: Mode) -> int:
    """Return what arriving takes on top of moving."""
    return STOP_S[mode] if crow_m > SAME_PLACE_M else 0


def band_at(hour: int) -> Band:
    """Return the time of day of a local hour, 0 to 23."""
    return next(band for first, band in _BAND_FROM_HOUR if hour >= first)


def great_circle_m(one: Point, other: Point) -> float:
    """Return the metres between two points on a round earth (haversine)."""
    lon1, lat1, lon2, lat2 = (math.radians(degrees) for degrees in (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def whole(value: float) -> int:
    """Return the nearest whole number, halves up: as Math.round does on the phone."""
    return math.floor(value + 0.5)


def _along(knots: Sequence[tuple[int, int]], at: float) -> float:
    """Return the height of the line through `knots`; beyond the last it goes on as steeply."""
    pieces = list(pairwise(knots))
    (x1, y1), (x2, y2) = next((piece for piece in pieces if at <= piece[1][0]), pieces[-1])
    return y1 + (at - x1) * (y2 - y1) / (x2 - x1)
