"""Municipalities by their national code: which one an account is in, what one is called."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from fieldcrm.geocoding.folding import fold
from fieldcrm.geocoding.gazetteer import Gazetteer, Municipality

if TYPE_CHECKING:
    from fieldcrm.geocoding.places import Places


class Municipalities:
    """The municipalities of a gazetteer, each by its five-digit code."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._by_code = {one.code: one for one in gazetteer.municipalities if one.code}
        self._code_of = lru_cache(maxsize=8_192)(self._find_code)

    def find(self, code: str) -> Municipality | None:
        """Return the municipality of a code, or None for one that is not (or no longer) there."""
        return self._by_code.get(code)

    def code_of(self, prefecture: str | None, name: str | None) -> str | None:
        """Return the code of a name as addresses write it, or None where it may be none or several."""
        return self._code_of(prefecture or "", name) if name else None

    def _find_code(self, prefecture: str, name: str) -> str | None:
        numbers = self._gazetteer.municipality_keys.get(fold(prefecture + name), [])
        return self._gazetteer.municipalities[numbers[0]].code if len(numbers) == 1 else None


def code_at(places: Places, lon: float, lat: float) -> str | None:
    """Return the code of the municipality around a point, by its nearest town; None at sea and abroad."""
    nearest = places.nearest(lon, lat)
    return nearest.municipality_code if nearest else None
