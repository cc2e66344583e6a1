"""Asks the map about coordinates that came in a file, so that the rule can choose them or the address."""

from collections.abc import Sequence
from math import asin, cos, isfinite, radians, sin, sqrt

from fieldcrm.geocoding.places import EARTH_RADIUS_M, Places
from fieldcrm.geocoding.rules import FilePoint, Located, PositionDecision, choose_position

# Stands for what is no number: far from any town, and not the zero that files have for "unknown".
_NOWHERE = (1.0, -90.0)

FileCoordinates = tuple[float | None, float | None]


def decide_all(
    places: Places, located: Sequence[Located], coordinates: Sequence[FileCoordinates]
) -> list[PositionDecision]:
    """Return a decision for each address with its (lon, lat) of the file, None where the file has none."""
    if not located:
        return []
    points = [_usable(lon, lat) for lon, lat in coordinates]
    lons, lats = ([point[axis] if point else 0.0 for point in points] for axis in (0, 1))
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
    decisions = []
    for index, address in enumerate(located):
        file = None
        if points[index]:
            lon, lat = lons[index], lats[index]
            away_m = distance_m(address.lon, address.lat, lon, lat)
            file = FilePoint(lon, lat, in_japan[index], agreed[index], swapped[index], away_m)
        decisions.append(choose_position(address, file))
    return decisions


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
