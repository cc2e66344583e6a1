"""What municipalities and prefectures are called on an English map: Tokyo, Yokohama, Shinjuku."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from fieldcrm.geocoding.gazetteer import Municipality
from fieldcrm.geocoding.romaji import romanise

_WARD: Final = re.compile(r"^(.+?市)(.+区)$")
_COUNTY_KANA: Final = re.compile(r"^.{1,8}?グン(?=.)")
_PREFECTURE_KANA: Final = re.compile(r"(?:ト|フ|ケン)$")
_KIND_KANA: Final = re.compile(r"(?:シ|ク|チョウ|マチ|ムラ|ソン)$")


class EnglishNames:
    """Names by the readings the post publishes; where those are missing there is no English name."""

    def __init__(self, municipalities: Iterable[Municipality]) -> None:
        self._city_kana = _city_kana(municipalities)

    def prefecture(self, home: Municipality) -> str | None:
        kana = home.prefecture_kana
        # 北海道 is the one whose ending belongs to the name.
        return romanise(kana if home.prefecture == "北海道" else _PREFECTURE_KANA.sub("", kana)) or None

    def city(self, home: Municipality) -> str | None:
        """Return the name of the city that a ward belongs to."""
        kana = self._city_kana.get(_city(home) or ("", ""), "")
        return romanise(_KIND_KANA.sub("", kana)) or None

    def municipality(self, home: Municipality) -> str | None:
        kana = home.kana.removeprefix(self._city_kana.get(_city(home) or ("", ""), ""))
        if "郡" in home.name:
            kana = _COUNTY_KANA.sub("", kana)
        return romanise(_KIND_KANA.sub("", kana)) or None


def _city(home: Municipality) -> tuple[str, str] | None:
    ward = _WARD.match(home.name)
    return (home.prefecture, ward[1]) if ward else None


def _city_kana(municipalities: Iterable[Municipality]) -> dict[tuple[str, str], str]:
    """Return how each city of wards is read: what the readings of its wards have in common, up to シ."""
    readings: dict[tuple[str, str], list[str]] = defaultdict(list)
    for home in municipalities:
        city = _city(home)
        if city is not None:
            readings[city].append(home.kana)
    shared = {city: _beginning(min(kana), max(kana)) for city, kana in readings.items()}
    return {city: kana[: kana.rfind("シ") + 1] for city, kana in shared.items()}


def _beginning(first: str, last: str) -> str:
    """Return what two texts begin with; of the first and last in order, it is what all between share."""
    length = next(
        (n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first)
    )
    return first[:length]
