"""Where the headings are: below title rows, in the first row, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcrm.imports import content, headers

SEARCHED_ROWS = 20
"""How far down headings are looked for."""
NO_HEADER = -1


def find(rows: Sequence[Sequence[str]]) -> int:
    """Return the index of the row of headings among the first rows, or NO_HEADER.

    The row with the most known headings wins. Without any known heading the first row of the
    table's full width is taken, unless it looks like data.
    """
    searched = rows[:SEARCHED_ROWS]
    known = [_known_headings(row) for row in searched]
    best = max(known, default=0)
    # One known word alone ("施設名: ...") may stand in a title; a table of one column has no more.
    if best >= min(2, _usual_width(searched)) and best > 0:
        return known.index(best)
    first = _first_full_row(searched)
    if first is None or content.looks_like_data(searched[first]):
        return NO_HEADER
    if known[first] > 0:
        return first
    return first if _are_headings(searched[first], searched[first + 1 :]) else NO_HEADER


def first_data_row(rows: Sequence[Sequence[str]], header: int) -> int:
    """Return the index of the first row that is not title, heading or empty line above them."""
    if header != NO_HEADER:
        return header + 1
    first = _first_full_row(rows[:SEARCHED_ROWS])
    return 0 if first is None else first


def _known_headings(row: Sequence[str]) -> int:
    fields = [headers.field_of(cell)[0] for cell in row if cell.strip()]
    sure = [field for field in fields if field is not None]
    return 0 if content.looks_like_data(row) else len(set(sure))


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    return max((_filled(row) for row in rows), default=0)


def _first_full_row(rows: Sequence[Sequence[str]]) -> int | None:
    width = _usual_width(rows)
    wide_enough = (index for index, row in enumerate(rows) if 0 < width <= _filled(row) * 2)
    return next(wide_enough, None)


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _are_headings(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Headings are short, all different, and not numbers; rows of names below are often the same."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if len(set(cells)) < len(cells) or any(len(cell) > 40 for cell in cells):
        return False
    if any(cell.replace(".", "").replace(",", "").isdigit() for cell in cells):
        return False
    if not below:
        return True
    # A column of data that looks like something its heading does not.
    columns = zip(*[r for r in below if len(r) == len(row)] or [()], strict=False)
    return any(
        content.field_of(values)[0] not in (None, content.field_of([heading])[0])
        for heading, values in zip(row, columns, strict=False)
    )
