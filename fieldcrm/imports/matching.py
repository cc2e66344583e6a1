"""Columns to fields: header and content weighed together, each field given once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fieldcrm.imports import content, headers
from fieldcrm.imports.rules import JOINED, fold


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file as the matcher sees it: its heading ("" without) and some values."""

    index: int
    header: str
    samples: Sequence[str]


@dataclass(frozen=True, slots=True)
class Match:
    """What a column probably is; ``field`` None means that it is left out."""

    field: str | None
    confidence: float


_NOTHING = Match(None, 0.0)
_LEAST = 0.5
# A heading can be wrong ("TEL" over e-mails): below this share of fitting values it is doubted.
_FITTING = 0.3
_DOUBTED = 0.6
_STRICT = frozenset({"lat", "lon", "email"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The organisation's own words.

    ``custom``: folded names of its own fields -> ``custom.<key>``. ``choices``: field -> the folded
    words it knows (statuses, ranks, people), so that 担当者 is an owner only if it names our people.
    """

    custom: Mapping[str, str]
    choices: Mapping[str, Collection[str]]


def match_columns(columns: Sequence[Column], *, vocabulary: Vocabulary, is_headed: bool) -> list[Match]:
    """Return a match for each column.

    The surest column gets the field; address parts may share theirs, a second phone becomes
    ``phone2``.
    """
    wishes = [_wish(column, vocabulary, is_headed=is_headed) for column in columns]
    order = sorted(range(len(columns)), key=lambda i: (-wishes[i].confidence, i))
    given: dict[str, int] = {}
    found = [_NOTHING] * len(columns)
    for index in order:
        match = _free(wishes[index], given, columns[index], is_headed=is_headed)
        if match.field is not None and match.confidence >= _LEAST:
            given[match.field] = index
            found[index] = match
    return _name_needed(columns, found)


def _wish(column: Column, vocabulary: Vocabulary, *, is_headed: bool) -> Match:
    if is_headed:
        own = vocabulary.custom.get(fold(column.header))
        if own:
            return Match(own, 1.0)
        match = _by_header(column)
        if match.field:
            known = vocabulary.choices.get(match.field)
            return match if known is None or _are_known(column.samples, known) else _NOTHING
    elif column.index == 0 and _is_code_column(column.samples):
        return Match("external_id", _LEAST)
    if headers.is_reason(column.header):
        return _NOTHING
    field, confidence = content.field_of(column.samples)
    # Under a heading nobody knows, looks count for less.
    return Match(field, confidence * (0.9 if is_headed and column.header else 1.0))


def _are_known(samples: Sequence[str], known: Collection[str]) -> bool:
    filled = [fold(value) for value in samples if value.strip()]
    return not filled or sum(value in known for value in filled) >= len(filled) * _FITTING


def _is_code_column(samples: Sequence[str]) -> bool:
    return content.is_identifier(samples) and content.looks_like_codes(samples)


def _by_header(column: Column) -> Match:
    field, confidence = headers.field_of(column.header)
    if field is None:
        return _NOTHING
    if field == "external_id":
        usable = content.is_identifier(column.samples)
        return Match(field, confidence) if usable else _NOTHING
    fitting = content.share(column.samples, field)
    if fitting is not None and fitting < _FITTING and field in _STRICT | {"phone", "postal_code"}:
        seen, seen_confidence = content.field_of(column.samples)
        if seen and seen_confidence > _DOUBTED:
            return Match(seen, seen_confidence)
    return Match(field, confidence)


def _free(wish: Match, given: Mapping[str, int], column: Column, *, is_headed: bool) -> Match:
    field = wish.field
    if field is None or field not in given:
        return wish
    if field == "phone" and "phone2" not in given:
        return Match("phone2", wish.confidence)
    by_header = is_headed and headers.field_of(column.header)[0] == field
    if field in JOINED and field != "tags" and by_header:
        return wish
    return _NOTHING


def _name_needed(columns: Sequence[Column], found: list[Match]) -> list[Match]:
    """Without a name there is nothing to import: take the first column of free text for it."""
    if any(match.field == "name" for match in found):
        return found
    for column in columns:
        texts = {value for value in column.samples if value.strip()}
        is_free = found[column.index].field is None and not headers.is_reason(column.header)
        if is_free and texts and not any(content.plain(text).isdecimal() for text in texts):
            found[column.index] = Match("name", _LEAST)
            break
    return found
