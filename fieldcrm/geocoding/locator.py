"""Turns a match into a located address: which level, which point, which words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Final

from fieldcrm.geocoding.folding import fold, normalise
from fieldcrm.geocoding.gazetteer import Gazetteer, Municipality, PostalArea
from fieldcrm.geocoding.matcher import Match, match
from fieldcrm.geocoding.rules import Level, Located, nowhere

LONGEST_ADDRESS: Final = 400
# A shared name ("氷見" of 氷見甲, 氷見乙) is as good as a town while its towns lie close together.
_FAMILY_IS_TOWN_M: Final = 2_000
_POSTAL_HEAD: Final = re.compile(r"^〒?\s*(\d{3})\s*[-‐‑−–—―ー]?\s*(\d{4})(?!\d)\s*|^〒\s*")
# A stray bracket, bullet or emoji before the address.
_LEADING_NOISE: Final = re.compile(r"^[^\w〒\u2E80-\u2FDF]+")
_NOT_DIGIT: Final = re.compile(r"\D")
_WARD: Final = re.compile(r"(?<=市).+区$")

Point = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Address:
    """An address as a file has it; `area` is prefecture and municipality, if they have their own columns."""

    text: str
    postal_code: str | None = None
    area: str | None = None


def locate_all(gazetteer: Gazetteer, addresses: Iterable[Address]) -> Iterator[Located]:
    """Yield where each address lies, in order."""
    for address in addresses:
        yield locate_one(gazetteer, address)


def locate_one(gazetteer: Gazetteer, address: Address) -> Located:
    """Return where the address lies; never raises, whatever the text holds."""
    text = _LEADING_NOISE.sub("", normalise(address.text[:LONGEST_ADDRESS]))
    code = _postal_code(address.postal_code)
    if head := _POSTAL_HEAD.match(text):
        text = text[head.end() :]
        code = code or (int(head[1] + head[2]) if head[1] else None)
    areas = gazetteer.postal_areas(code) if code is not None else []
    prefer = frozenset(area.municipality.id for area in areas)
    folded = fold(text)
    found = match(gazetteer, folded, prefer)
    if address.area and (area := normalise(address.area[:LONGEST_ADDRESS])):
        found = _within(gazetteer, found, fold(area), folded)
    if found is None:
        return _from_postal(areas, text)
    return _located(gazetteer, found, areas, text)


def _postal_code(text: str | None) -> int | None:
    digits = _NOT_DIGIT.sub("", normalise(text[:40])) if text else ""
    # A spreadsheet drops the leading zeros of 0600001.
    return int(digits) if 5 <= len(digits) <= 7 else None


def _within(gazetteer: Gazetteer, found: Match | None, area: str, text: str) -> Match | None:
    """Return the better of the match of the address alone and of the address after its area's columns."""
    prefecture = _prefecture(gazetteer, area)
    fits = found is not None and found.municipality.prefecture == prefecture
    if prefecture is None or (found and fits and found.is_certain and found.town is not None):
        return found
    joined = match(gazetteer, area + text)
    if fits and joined and joined.town is None and joined.family is None:
        return found
    return joined


@lru_cache(maxsize=4096)
def _prefecture(gazetteer: Gazetteer, area: str) -> str | None:
    home = match(gazetteer, area)
    return home.municipality.prefecture if home else None


def _located(gazetteer: Gazetteer, found: Match, areas: list[PostalArea], text: str) -> Located:
    home = found.municipality
    if found.rivals:
        return _between_wards(found.rivals, text) or _from_postal(areas, text)
    rest = _unfolded(text, found.rest)
    if found.town is not None:
        return _at(
            home,
            gazetteer.town_point(found.town),
            Level.TOWN,
            town=gazetteer.town_name(found.town),
            rest=rest,
        )
    if found.family and found.family.radius_m <= _FAMILY_IS_TOWN_M:
        return _at(home, (found.family.lon, found.family.lat), Level.TOWN, town=found.family.name, rest=rest)
    for area in areas:
        if area.municipality.id == home.id and area.is_town:
            return _at(home, (area.lon, area.lat), Level.POSTAL, rest=rest)
    if found.family:
        return _at(home, (found.family.lon, found.family.lat), Level.MUNICIPALITY, rest=rest)
    return _at(home, (home.lon, home.lat), Level.MUNICIPALITY, rest=rest)


def _at(home: Municipality, point: Point, level: Level, *, town: str = "", rest: str) -> Located:
    if point[0] is None:
        level = Level.NONE
    matched = f"{home.prefecture}{home.name}{town}"
    return Located(*point, level, matched, home.prefecture, home.name, home.code, rest)


def _between_wards(rivals: tuple[Municipality, ...], text: str) -> Located | None:
    """Return the middle of a city whose ward is not told, or None when the rivals are not of one city."""
    cities = {(rival.prefecture, _WARD.sub("", rival.name)) for rival in rivals}
    if len(cities) > 1:
        return None
    prefecture, city = cities.pop()
    lon = fmean(rival.lon for rival in rivals if rival.lon is not None)
    lat = fmean(rival.lat for rival in rivals if rival.lat is not None)
    rest = text.partition(city)[2]
    return Located(lon, lat, Level.MUNICIPALITY, prefecture + city, prefecture, city, None, rest)


def _from_postal(areas: list[PostalArea], text: str) -> Located:
    if not areas:
        return nowhere(text)
    area = areas[0]
    level = Level.POSTAL if area.is_town else Level.MUNICIPALITY
    return _at(area.municipality, (area.lon, area.lat), level, rest=text)


def _unfolded(text: str, folded_rest: str) -> str:
    """Return the end of the text that folds to the rest, as it was written."""
    folded_rest = folded_rest.removeprefix(",")
    if not folded_rest:
        return ""
    for extra in range(min(12, len(text) - len(folded_rest) + 1)):
        end = text[len(text) - len(folded_rest) - extra :]
        if fold(end) == folded_rest:
            return end.strip()
    return folded_rest
