"""A file just uploaded, looked at: its format, its columns, how they match, how many rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldcrm.imports import header_row
from fieldcrm.imports.matching import Column, Vocabulary, match_columns
from fieldcrm.imports.progress import storable
from fieldcrm.imports.reading import Table, refusal
from fieldcrm.imports.rules import MAX_COLUMNS, MAX_ROWS, header_hash, is_blank

_STUDIED_ROWS = 300
_SAMPLES = 5
_SAMPLE_CHARS = 120
NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the screen shows before anything is written."""

    header_row: int
    columns: list[dict[str, Any]]
    mapping: dict[str, str]
    row_count: int
    header_hash: str | None


def draft_of(table: Table, vocabulary: Vocabulary, *, remembered: Mapping[str, Mapping[str, Any]]) -> Draft:
    """Return the draft of a table. ``remembered``: header hash -> the mapping used last time.

    Raises Invalid when there is no row to import or there are more than the limit.
    """
    rows = table.rows()
    head = list(itertools.islice(rows, _STUDIED_ROWS))
    header = header_row.find(head)
    first = header_row.first_data_row(head, header)
    data = [row for row in head[first:] if not is_blank(row)]
    row_count = len(data) + _count(rows)
    if not data:
        raise refusal("imports.header_only" if any(map(is_filled, head)) else "imports.empty_file")
    columns = _columns(head[header] if header >= 0 else [], data)
    if len(columns) > MAX_COLUMNS:
        raise refusal("imports.too_many_columns", max=MAX_COLUMNS)
    matches = match_columns(columns, vocabulary=vocabulary, is_headed=header >= 0)
    digest = header_hash([column.header for column in columns]) if header >= 0 else None
    known = _usable(remembered.get(digest or ""), vocabulary)
    described = [
        {
            "index": column.index,
            "header": storable(column.header),
            "samples": _samples(column.samples),
            "field": match.field,
            "confidence": match.confidence,
        }
        for column, match in zip(columns, matches, strict=True)
    ]
    matched = {str(at): match.field for at, match in enumerate(matches) if match.field}
    return Draft(header, described, known or matched, row_count, digest)


def is_filled(row: Sequence[str]) -> bool:
    """Return whether a row holds anything."""
    return not is_blank(row)


def _count(rows: Iterator[list[str]]) -> int:
    count = sum(1 for row in itertools.islice(rows, MAX_ROWS) if not is_blank(row))
    if next(rows, None) is not None:
        raise refusal("imports.too_many_rows", max=f"{MAX_ROWS:,}", columns=MAX_COLUMNS)
    return count


def _columns(headings: Sequence[str], data: Sequence[Sequence[str]]) -> list[Column]:
    # A heading row names the columns; without one the usual row does, not one with stray cells.
    width = max(len(headings), 0) or sorted(len(row) for row in data)[len(data) // 2]
    while width > 1 and not _cell(headings, width - 1) and all(not _cell(row, width - 1) for row in data):
        width -= 1
    return [
        Column(i, " ".join(_cell(headings, i).split()), [_cell(row, i) for row in data]) for i in range(width)
    ]


def _cell(row: Sequence[str], index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _samples(values: Sequence[str]) -> list[str]:
    different = dict.fromkeys(value for value in values if value)
    return [storable(value[:_SAMPLE_CHARS]) for value in itertools.islice(different, _SAMPLES)]


def _usable(mapping: Mapping[str, Any] | None, vocabulary: Vocabulary) -> dict[str, str]:
    """Return a remembered mapping without fields that are no longer there."""
    own = set(vocabulary.custom.values())
    return {
        index: field
        for index, field in (mapping or {}).items()
        if field and (not field.startswith("custom.") or field in own)
    }
