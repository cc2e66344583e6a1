"""Which municipality of today a town of the gazetteer is in, and its national code, by the postal data."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import lru_cache

from fieldcrm.geocoding.folding import fold
from fieldcrm.geocoding.gazetteer_source import PostalRow, TownRow

_ISLAND = re.compile(r"^.+?島(?=.+[町村]$)")
_WARD = re.compile(r"^(.+?市)(.+区)$")


class PresentMunicipalities:
    """The gazetteer is older than the postal data: wards have been merged and spellings settled since."""

    def __init__(self, postal: list[PostalRow]) -> None:
        self._kana: dict[str, tuple[str, str]] = {}
        self._by_name: dict[tuple[str, str], tuple[str, str]] = {}
        self._ward_towns: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
        wards: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for row in postal:
            name = _ISLAND.sub("", row.municipality) if row.prefecture == "東京都" else row.municipality
            present = (name, row.municipality_code)
            if row.municipality_kana:
                self._kana.setdefault(row.municipality_code, (row.prefecture_kana, row.municipality_kana))
            self._by_name.setdefault((row.prefecture, fold(name)), present)
            if ward := _WARD.match(name):
                city = (row.prefecture, ward[1])
                wards[city].add(present)
                if row.town and not row.block:
                    self._ward_towns[city].setdefault(fold(row.town), present)
        self._wards = {city: sorted(found) for city, found in wards.items()}

    def kana(self, code: str | None) -> tuple[str, str]:
        """Return prefecture and municipality as they are read, empty where that is not known."""
        return self._kana.get(code or "", ("", ""))

    def of_town(self, row: TownRow) -> tuple[str, str | None]:
        """Return the present name and code; an unknown municipality keeps its name and has no code."""
        if present := self._by_name.get((row.prefecture, _fold_once(row.municipality))):
            return present
        ward = _WARD.match(row.municipality)
        city = (row.prefecture, ward[1]) if ward else None
        if city not in self._wards:
            return row.municipality, None
        towns = self._ward_towns[city]
        key = fold(row.town)
        for length in range(len(key), 1, -1):
            if found := towns.get(key[:length]):
                return found
        return self._wards[city][0]

    def without_towns(self, known: Collection[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], str]]:
        """Yield ((prefecture, name), code) of municipalities that the gazetteer has no town of."""
        for (prefecture, _), (name, code) in self._by_name.items():
            if (prefecture, name) not in known:
                yield (prefecture, name), code


_fold_once = lru_cache(maxsize=None)(fold)
