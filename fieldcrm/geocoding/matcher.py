"""Finds the town an address names: the longest known municipality, then the longest known town after it."""

import re
from dataclasses import dataclass, replace
from typing import Final

from fieldcrm.geocoding.gazetteer import Gazetteer, Municipality
from fieldcrm.geocoding.town_fallbacks import Family, family_of, town_ending_with, town_inside

# "Up", "down", "in from the east/west": the last one in a Kyoto address ends the street and the town follows.
_KYOTO_TURN: Final = re.compile(r"[上下北南](?:ケ?ル|リ)|[東西北南]入(?:ル|リ)?")
_LEADING_NUMBER: Final = re.compile(r"(\d+)(?!\d|番|号|条|線|区|地割)")
_KYOTO_CITY: Final = "京都市"


@dataclass(frozen=True, slots=True)
class Match:
    """What was found. `town` is a row of the gazetteer; `rest` is what is left of the folded address.

    `rivals` are all the municipalities that fit equally well, when more than one does. `length` is how much
    of the address was understood.
    """

    municipality: Municipality
    town: int | None
    rest: str
    family: Family | None = None
    rivals: tuple[Municipality, ...] = ()
    length: int = 0

    @property
    def is_certain(self) -> bool:
        return not self.rivals


@dataclass(frozen=True, slots=True)
class Town:
    """A town's row, how much of the text names it, and what follows."""

    row: int
    length: int
    rest: str


def match(gazetteer: Gazetteer, folded: str, prefer: frozenset[int] = frozenset()) -> Match | None:
    """Return the best match of a folded address, or None when no municipality is named in it.

    `prefer` holds municipality ids that the postal code speaks for, used between namesakes.
    """
    first: Match | None = None
    for length, ids in _heads(gazetteer, folded):
        rest = folded[length:]
        candidates = [gazetteer.municipalities[number] for number in ids]
        if found := _best_town(gazetteer, candidates, rest, prefer):
            return replace(found, length=length + found.length)
        if first is None:
            first = replace(_municipality_only(gazetteer, candidates, rest, prefer), length=length)
    return first


def _heads(gazetteer: Gazetteer, folded: str) -> list[tuple[int, list[int]]]:
    """Return (length, municipality ids) of every known head of the address, longest first."""
    keys = gazetteer.municipality_keys
    longest = min(gazetteer.longest_municipality_key, len(folded))
    return [(length, ids) for length in range(longest, 1, -1) if (ids := keys.get(folded[:length]))]


def _best_town(
    gazetteer: Gazetteer, candidates: list[Municipality], rest: str, prefer: frozenset[int]
) -> Match | None:
    best = (0, False)
    found: list[tuple[Municipality, Town]] = []
    for municipality in candidates:
        town = find_town(gazetteer, municipality, rest)
        if town is None:
            continue
        rank = (town.length, municipality.id in prefer)
        if rank > best:
            best, found = rank, [(municipality, town)]
        elif rank == best:
            found.append((municipality, town))
    if not found:
        return None
    municipality, town = found[0]
    rivals = tuple(rival for rival, _ in found) if len(found) > 1 else ()
    return Match(municipality, town.row, town.rest, rivals=rivals, length=town.length)


def _municipality_only(
    gazetteer: Gazetteer, candidates: list[Municipality], rest: str, prefer: frozenset[int]
) -> Match:
    left = [municipality for municipality in candidates if municipality.id in prefer] or candidates
    if len(left) > 1:
        return Match(left[0], None, rest, rivals=tuple(left))
    family = family_of(gazetteer, left[0], rest)
    return Match(left[0], None, family.rest if family else rest, family)


def find_town(gazetteer: Gazetteer, municipality: Municipality, rest: str) -> Town | None:
    """Return the longest town that the text begins with; in Kyoto, the one that follows the streets."""
    towns = gazetteer.towns(municipality)
    found = None
    if municipality.name.startswith(_KYOTO_CITY):
        found = _kyoto_town(towns, municipality.longest_key, rest)
    found = found or _prefix_town(towns, municipality.longest_key, rest)
    # "藤沢市藤沢市高倉": the municipality written twice.
    own = municipality.folded_name
    if rest.startswith(own):
        again = _prefix_town(towns, municipality.longest_key, rest[len(own) :])
        if again and (found is None or found.length < len(own) + again.length):
            return Town(again.row, len(own) + again.length, again.rest)
    return found or _other_spelling(towns, rest)


def _prefix_town(towns: dict[str, int], longest: int, rest: str) -> Town | None:
    for length in range(min(longest, len(rest)), 0, -1):
        row = towns.get(rest[:length])
        if row is not None and not _splits_number(rest, length):
            return _with_chome(towns, rest[:length], row, rest[length:])
    return None


def _splits_number(text: str, at: int) -> bool:
    return at < len(text) and text[at - 1].isdigit() and text[at].isdigit()


def _with_chome(towns: dict[str, int], key: str, row: int, rest: str) -> Town:
    """Take "本町3" and "本町3ビル" as 本町三丁目 where there is one."""
    if number := _LEADING_NUMBER.match(rest):
        chome = towns.get(f"{key}{number[1]}-")
        if chome is not None:
            return Town(chome, len(key) + number.end(), rest[number.end() :])
    return Town(row, len(key), rest)


def _kyoto_town(towns: dict[str, int], longest: int, rest: str) -> Town | None:
    turns = list(_KYOTO_TURN.finditer(rest))
    for turn in reversed(turns):
        after = rest[turn.end() :]
        if town := _prefix_town(towns, longest, after):
            return Town(town.row, turn.end() + town.length, town.rest)
    if turns and (inside := town_inside(towns, rest[turns[-1].end() :])):
        row, end = inside
        end += turns[-1].end()
        return Town(row, end, rest[end:])
    return None


def _other_spelling(towns: dict[str, int], rest: str) -> Town | None:
    found = town_ending_with(towns, rest)
    if found is None:
        return None
    row, length = found
    return Town(row, length, rest[length:])
