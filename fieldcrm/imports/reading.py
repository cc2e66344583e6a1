"""A file as a table of text, whatever its format: the one place that decides how to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.imports import delimited, encodings, workbooks
from fieldcrm.imports.rules import MAX_COLUMNS, MAX_ROWS

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_TEXT_FORMATS = {"\t": "tsv"}


@dataclass(frozen=True, slots=True)
class Table:
    """How to read a file; ``rows()`` reads it from the start, each row as its cells' text."""

    format: str
    encoding: str | None
    delimiter: str | None
    rows: Callable[[], Iterator[list[str]]]


def open_table(file: IO[bytes], filename: str, *, encoding: str | None = None) -> Table:
    """Return how to read ``file``; raise Invalid, with the reason at ``file``, when it cannot be.

    ``encoding`` overrides the detected one. The rows are read from the open file, by one reader at a
    time, and never held together; a workbook is opened when its rows are first read.
    """
    file.seek(0)
    if not any(block.strip() for block in encodings.blocks_of(file)):
        raise refusal("imports.empty_file")
    file.seek(0)
    beginning = file.read(len(_OLD_EXCEL))
    suffix = PurePath(filename).suffix.lower()
    if beginning.startswith((_ZIP, _OLD_EXCEL)) or suffix in _WORKBOOK_SUFFIXES:
        kind = suffix.lstrip(".") if suffix in _WORKBOOK_SUFFIXES else "xlsx"
        return Table(kind, None, None, lambda: _workbook_rows(file))
    chosen = _encoding(file, encoding)
    start = delimited.read_start(file, chosen)
    if start.lstrip("\ufeff \r\n\t").lower().startswith(("<!doctype html", "<html", "<?xml", "<table")):
        raise refusal("imports.web_page")
    delimiter = delimited.find_delimiter(start)

    def rows() -> Iterator[list[str]]:
        return delimited.records(file, encoding=chosen, delimiter=delimiter)

    return Table(_TEXT_FORMATS.get(delimiter, "csv"), chosen, delimiter, rows)


def refusal(code: str, **params: object) -> Invalid:
    """Return the error that tells why a file cannot be read."""
    return Invalid(FieldError("file", code, params), code=code, **params)


def _encoding(file: IO[bytes], wanted: str | None) -> str:
    if wanted:
        name = encodings.named(wanted)
        if name is None:
            raise Invalid(FieldError("encoding", "imports.unknown_encoding"))
        return name
    found = encodings.detect(file)
    if found is None:
        raise refusal("imports.not_a_table")
    return found


def _workbook_rows(file: IO[bytes]) -> Iterator[list[str]]:
    try:
        return workbooks.rows(file)
    except workbooks.TooManyRows:
        raise refusal("imports.too_many_rows", max=f"{MAX_ROWS:,}", columns=MAX_COLUMNS) from None
    except workbooks.EncryptedWorkbook:
        raise refusal("imports.encrypted_workbook") from None
    except workbooks.BrokenWorkbook:
        raise refusal("imports.broken_workbook") from None
