"""Rows of a CSV or tab-separated file: finds the delimiter, reads record after record."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import IO

DELIMITERS = (",", "\t", ";", "|")
UNCLOSED_QUOTE_LINES = 100
"""A cell with more lines than this is a quotation mark that nobody closed."""

_SNIFFED_RECORDS = 40
_SNIFFED_CHARS = 200_000

# Over-long text is refused by the row's own rules; the reader must not stop half-way for it.
csv.field_size_limit(1 << 28)


def find_delimiter(start: str) -> str:
    """Return the delimiter that cuts the beginning of a file into the most even columns."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(start, delimiter))


def read_start(stream: IO[bytes], encoding: str) -> str:
    """Return the beginning of the file as text, up to the last whole line."""
    stream.seek(0)
    raw = stream.read(_SNIFFED_CHARS)
    start = raw.decode(encoding, errors="replace")
    if len(raw) < _SNIFFED_CHARS:
        return start
    return start[: start.rfind("\n") + 1] or start


def records(stream: IO[bytes], *, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """Yield each record from the start as its cells; a character that cannot be read becomes U+FFFD."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        yield from csv.reader(text, delimiter=delimiter)
    finally:
        text.detach()


def _evenness(start: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    for record in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter):
        if record:
            widths.append(len(record))
        if len(widths) == _SNIFFED_RECORDS:
            break
    if not widths:
        return 0.0, 0
    width, times = Counter(widths).most_common(1)[0]
    if width == 1:
        return 0.0, max(widths)
    return times / len(widths), width
