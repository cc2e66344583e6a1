"""Asks the map about coordinates that came in a file, so that the rule can choose them or the address."""

from collections.abc import Sequence
from math import asin, cos, isfinite, radians, sin, sqrt

from fieldcrm.geocoding.places import EARTH_RADIUS_M, Places
from fieldcrm.geocoding.rules import (
    NEAR_TOWN_M,
    FilePoint,
    Level,
    Located,
    PositionDecision,
    choose_position,
)

# Stands for what is no number: far from any town, and not the zero that files have for "unknown".
_NOWHERE = (1.0, -90.0)

FileCoordinates = tuple[float | None, float | None]


def decide_all(
    places: Places, located: Sequence[Located], coordinates: Sequence[FileCoordinates]
) -> list[PositionDecision]:
    """Return a decision for each address with its (lon, lat) of the file, None where the file has none."""
    points = [_usable(lon, lat) for lon, lat in coordinates]
    files = [_beside_town(address, point) for address, point in zip(located, points, strict=True)]
    # The map is asked about the few points that are not beside their address's own town.
    asked = [index for index, point in enumerate(points) if point and files[index] is None]
    if asked:
        answers = _ask_map(places, [located[i] for i in asked], [points[i] or _NOWHERE for i in asked])
        for index, answer in zip(asked, answers, strict=True):
            files[index] = answer
    return [choose_position(address, file) for address, file in zip(located, files, strict=True)]


def _beside_town(address: Located, point: tuple[float, float] | None) -> FilePoint | None:
    """Return what is known of a point beside the town that its address names; None elsewhere."""
    if point is None or address.level < Level.TOWN:
        return None
    away_m = distance_m(address.lon, address.lat, *point)
    if away_m is None or away_m > NEAR_TOWN_M:
        return None
    return FilePoint(*point, is_in_japan=True, agrees=True, swapped_agrees=False, town_distance_m=away_m)


def _ask_map(
    places: Places, located: Sequence[Located], points: Sequence[tuple[float, float]]
) -> list[FilePoint]:
    lons, lats = ([point[axis] for point in points] for axis in (0, 1))
    agreed = _agree(places, located, lons, lats)
    in_japan = [name is not None for name in places.prefectures(lons, lats)]
    swapped = [False] * len(points)
    doubtful = [index for index, agrees in enumerate(agreed) if not agrees]
    if doubtful:
        turned = _agree(
            places, [located[i] for i in doubtful], [lats[i] for i in doubtful], [lons[i] for i in doubtful]
        )
        for index, agrees in zip(doubtful, turned, strict=True):
            swapped[index] = agrees
    return [
        FilePoint(
            *points[index],
            is_in_japan=in_japan[index],
            agrees=agreed[index],
            swapped_agrees=swapped[index],
            town_distance_m=distance_m(address.lon, address.lat, *points[index]),
        )
        for index, address in enumerate(located)
    ]


def _usable(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    if lon is None or lat is None:
        return None
    return (lon, lat) if isfinite(lon) and isfinite(lat) else _NOWHERE


def _agree(places: Places, located: Sequence[Located], lons: list[float], lats: list[float]) -> list[bool]:
    """An address that names no prefecture cannot be contradicted by a point within the country."""
    named = places.agree(lons, lats, [address.prefecture for address in located])
    unnamed = places.prefectures(lons, lats)
    return [
        within if address.prefecture else anywhere is not None
        for address, within, anywhere in zip(located, named, unnamed, strict=True)
    ]


def distance_m(lon: float | None, lat: float | None, other_lon: float, other_lat: float) -> float | None:
    """Return the great-circle distance, or None when the first point is unknown."""
    if lon is None or lat is None:
        return None
    half = sin(radians(other_lat - lat) / 2) ** 2
    half += cos(radians(lat)) * cos(radians(other_lat)) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))
