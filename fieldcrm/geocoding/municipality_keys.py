"""Every way the head of an address may name a municipality: with and without prefecture, county, city."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from fieldcrm.geocoding.folding import fold

_COUNTY = re.compile(r"^.{1,5}?郡(?=.+[町村]$)")
# The post writes the island before the municipality.
_TOKYO_ISLANDS = {"三宅村": "三宅島", "八丈町": "八丈島", "青ヶ島村": "青ヶ島", "御蔵島村": "御蔵島"}
_WARD = re.compile(r"^(.+?市)(.+区)$")


def municipality_keys(
    municipalities: Sequence[tuple[str, str]], former: Mapping[tuple[str, str], set[int]]
) -> dict[str, set[int]]:
    """Return folded key -> numbers of the municipalities it may mean (several: the town decides)."""
    keys: dict[str, set[int]] = defaultdict(set)
    for number, (prefecture, name) in enumerate(municipalities):
        _add(keys, prefecture, name, {number})
    for (prefecture, name), numbers in former.items():
        _add(keys, prefecture, name, numbers)
    return dict(keys)


def own_name(name: str) -> str:
    """Return the folded name without county: what is met when an address says it twice."""
    return fold(_COUNTY.sub("", name))


def _add(keys: dict[str, set[int]], prefecture: str, name: str, numbers: set[int]) -> None:
    names = {name, _COUNTY.sub("", name)}
    if ward := _WARD.match(name):
        names |= {ward[1], ward[2]}
    heads = {prefecture, "", prefecture if prefecture == "北海道" else prefecture[:-1]}
    for head in heads:
        for spelling in names:
            keys[fold(head + spelling)] |= numbers
    if island := _TOKYO_ISLANDS.get(name):
        keys[fold(prefecture + island + name)] |= numbers
