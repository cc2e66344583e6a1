"""What to try when no town of the municipality begins the rest of an address."""

import re
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Final

from fieldcrm.geocoding.gazetteer import Gazetteer, Municipality

_NAME: Final = re.compile(r"[^\d\-,(番]{2,}")
_SHORTEST_SHARED_NAME: Final = 2
_METRES_A_DEGREE: Final = 111_195


@dataclass(frozen=True, slots=True)
class Family:
    """Towns whose names begin alike: 氷見甲, 氷見乙, 氷見丙. `radius_m` holds all of them."""

    name: str
    lon: float
    lat: float
    radius_m: float
    rest: str


def town_ending_with(towns: dict[str, int], rest: str) -> tuple[int, int] | None:
    """Return (row, length used) of the one town written without its 町 or without its larger area."""
    written = _NAME.match(rest)
    if written is None:
        return None
    name = written[0]
    if (row := towns.get(name + "町")) is not None:
        return row, len(name)
    rows = {row for key, row in towns.items() if key.endswith(name)}
    return (rows.pop(), len(name)) if len(rows) == 1 else None


def town_inside(towns: dict[str, int], text: str) -> tuple[int, int] | None:
    """Return (row, end of the name) of the longest town named anywhere in the text."""
    best: tuple[int, int, int] | None = None
    for start in range(len(text)):
        for end in range(len(text), start + 1, -1):
            row = towns.get(text[start:end])
            if row is not None and (best is None or end - start > best[0]):
                best = (end - start, row, end)
                break
    return (best[1], best[2]) if best else None


def family_of(gazetteer: Gazetteer, municipality: Municipality, rest: str) -> Family | None:
    """Return the towns that share the longest beginning with the text, or None below two characters."""
    written = _NAME.match(rest)
    if written is None:
        return None
    name = written[0]
    keys = gazetteer.towns(municipality)
    for length in range(len(name), _SHORTEST_SHARED_NAME - 1, -1):
        rows = [row for key, row in keys.items() if key.startswith(name[:length])]
        if rows:
            return _family(gazetteer, name[:length], rows, rest[length:])
    return None


def _family(gazetteer: Gazetteer, name: str, rows: list[int], rest: str) -> Family:
    points = [gazetteer.town_point(row) for row in rows]
    lon = sum(point[0] for point in points) / len(points)
    lat = sum(point[1] for point in points) / len(points)
    radius = max(hypot((point[0] - lon) * cos(radians(lat)), point[1] - lat) for point in points)
    return Family(name, lon, lat, radius * _METRES_A_DEGREE, rest)
