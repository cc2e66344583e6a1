"""Geometry: the only place that builds points. Longitude first, always."""

from __future__ import annotations

import math
from typing import Any

from geoalchemy2 import WKTElement
from sqlalchemy import Function, func

EARTH_RADIUS_M = 6_378_137.0
MAX_LATITUDE = 85.051_128_779_806_59
CELL_ZOOM = 20
"""Zoom of the cell that ``quadkey`` names: 2^20 cells a side, about 38 m at the equator."""


def point(lon: Any, lat: Any) -> Function[Any]:
    """Return the SQL of the ``geography`` point of two columns, numbers or parameters."""
    return func.geography(func.st_makepoint(lon, lat))


def web_mercator(lon: float, lat: float) -> tuple[float, float]:
    """Return Web Mercator (EPSG:3857) x, y in metres."""
    clamped = max(-MAX_LATITUDE, min(MAX_LATITUDE, lat))
    x = math.radians(lon) * EARTH_RADIUS_M
    y = math.log(math.tan(math.pi / 4 + math.radians(clamped) / 2)) * EARTH_RADIUS_M
    return x, y


def mercator_point(lon: float, lat: float) -> WKTElement:
    """Return the point as EWKT for a ``geometry(Point, 3857)`` column."""
    x, y = web_mercator(lon, lat)
    return WKTElement(f"POINT({x!r} {y!r})", srid=3857)


def mercator_place(x_m: Any, y_m: Any) -> Function[Any]:
    """Return the SQL of the ``geometry(Point, 3857)`` of Web Mercator metres, numbers or parameters."""
    return func.st_setsrid(func.st_makepoint(x_m, y_m), 3857)


def metres_between(one: Function[Any], other: Function[Any]) -> Function[float]:
    """Return the SQL of the distance in metres on the earth between two of ``point``."""
    return func.st_distance(one, other)


def _spread(value: int) -> int:
    """Return the low 20 bits of ``value`` with a zero between each (Morton order)."""
    value &= 0xFFFFF
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555


def quadkey(lon: float, lat: float) -> int:
    """Return the Morton number of the z20 tile that holds the point.

    Shifting right by ``2 * (20 - z)`` gives the cell at zoom z, so every tile is one range.
    """
    size = 1 << CELL_ZOOM
    x_m, y_m = web_mercator(lon, lat)
    circumference = 2 * math.pi * EARTH_RADIUS_M
    column = min(size - 1, max(0, int((x_m / circumference + 0.5) * size)))
    row = min(size - 1, max(0, int((0.5 - y_m / circumference) * size)))
    return quadkey_of_column_and_row(column, row)


def quadkey_of_column_and_row(column: int, row: int) -> int:
    """Return the Morton number of a tile (below zoom 21) from its column and row."""
    return _spread(column) | _spread(row) << 1


def is_on_earth(lon: float, lat: float) -> bool:
    """Return whether the numbers are a longitude and a latitude at all."""
    return math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90
