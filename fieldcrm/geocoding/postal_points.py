"""Gives every postal code a point: the middle of the towns it covers in a municipality."""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from fieldcrm.geocoding.folding import fold, normalise
from fieldcrm.geocoding.gazetteer import Gazetteer
from fieldcrm.geocoding.gazetteer_source import PostalRow
from fieldcrm.geocoding.matcher import find_town


class PostalPoint(NamedTuple):
    """Coordinates in millionths of a degree, 0 where nothing is known. Sorted: by code, most towns first."""

    code: int
    unknown_towns: int
    lon: int
    lat: int
    municipality: int
    is_town: int


def postal_points(gazetteer: Gazetteer, postal: Iterable[PostalRow]) -> list[PostalPoint]:
    """Return a point for every postal code and municipality, sorted."""
    by_code = {home.code: home for home in gazetteer.municipalities if home.code}
    found: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for row in postal:
        home = by_code.get(row.municipality_code)
        if home is None:
            continue
        points = found[row.code, home.id]
        if row.town and (town := find_town(gazetteer, home, fold(normalise(row.town + row.block)))):
            points.append(gazetteer.town_point(town.row))
    return sorted(_middle(gazetteer, code, home, points) for (code, home), points in found.items())


def _middle(gazetteer: Gazetteer, code: int, home: int, points: list[tuple[float, float]]) -> PostalPoint:
    municipality = gazetteer.municipalities[home]
    is_town = bool(points)
    if not points and municipality.lon is not None and municipality.lat is not None:
        points = [(municipality.lon, municipality.lat)]
    count = len(points) or 1
    lon, lat = (round(sum(point[axis] for point in points) / count * 1e6) for axis in (0, 1))
    return PostalPoint(code, -count if is_town else 0, lon, lat, home, int(is_town))


def postal_columns(points: Iterable[PostalPoint]) -> "dict[str, array[int]]":
    """Return the points column by column, as the file holds them."""
    types = {"code": "I", "lon": "i", "lat": "i", "municipality": "H", "is_town": "B"}
    columns = {name: array(code) for name, code in types.items()}
    for point in points:
        for name, column in columns.items():
            column.append(getattr(point, name))
    return columns
