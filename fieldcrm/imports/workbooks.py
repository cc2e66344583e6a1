"""Rows of an Excel or OpenDocument workbook, guarded: no file may fill the memory.

The sheet is measured inside the archive before it is opened, because opening allocates every cell
between the first and the last: a single stray cell at XFD1048576 would be seventeen thousand million.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from fieldcrm.imports.rules import MAX_CELLS, MAX_COLUMNS, MAX_ROWS

Cell = int | float | str | bool | date | time | timedelta

MAX_PART_BYTES = 700 * 1024 * 1024
_BLOCK_BYTES = 1 << 20
_COLUMN = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})[0-9]+"')
_ROW = re.compile(rb'<row [^>]*?r="([0-9]{1,7})"')
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml|content\.xml")
_TEXT_PART = re.compile(r"xl/sharedStrings\.xml")
_ROW_MARKS = (b"<row ", b"<row>", b"<table:table-row")


class BrokenWorkbook(Exception):
    """The file cannot be opened as a workbook."""


class EncryptedWorkbook(Exception):
    """The workbook is protected by a password."""


class TooManyRows(Exception):
    """A sheet is larger than the limit."""


def rows(file: IO[bytes]) -> Iterator[list[str]]:
    """Yield the rows of the first visible sheet that holds something, cells as text.

    Raise BrokenWorkbook, EncryptedWorkbook or TooManyRows before the first row.
    """
    _measure(file)
    file.seek(0)
    try:
        sheet = _first_filled(CalamineWorkbook.from_filelike(file))
    except (CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise EncryptedWorkbook from error
        raise BrokenWorkbook(str(error)) from error
    return iter(()) if sheet is None else _texts(sheet)


def _first_filled(workbook: CalamineWorkbook) -> CalamineSheet | None:
    fallback = None
    for about in workbook.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(about.name)
        if sheet.height == 0:
            continue
        if about.visible == SheetVisibleEnum.Visible:
            return sheet
        fallback = fallback or sheet
    return fallback


def _texts(sheet: CalamineSheet) -> Iterator[list[str]]:
    if sheet.total_height > MAX_ROWS or sheet.height * sheet.width > MAX_CELLS:
        raise TooManyRows
    # Empty rows above the first filled one come too: rows are counted as the person sees them.
    for row in sheet.iter_rows():
        yield [cell if isinstance(cell, str) else as_text(cell) for cell in row]


def as_text(cell: Cell) -> str:
    """Return a cell as it would be typed: whole numbers without ".0", dates as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        is_midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if is_midnight else cell.isoformat(" ", "minutes")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


def _measure(file: IO[bytes]) -> None:
    """Refuse what is no archive of the kind, or has more than the limits, reading it as a stream."""
    file.seek(0)
    if file.read(2) != b"PK":
        return  # the old binary format holds at most 65,536 rows
    try:
        with zipfile.ZipFile(file) as archive:
            for part in archive.infolist():
                if _SHEET_PART.fullmatch(part.filename):
                    _measure_sheet(archive, part)
                elif _TEXT_PART.fullmatch(part.filename) and part.file_size > MAX_PART_BYTES:
                    raise TooManyRows
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, KeyError) as error:
        raise BrokenWorkbook(str(error)) from error


def _measure_sheet(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    row_count = size = 0
    tail = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK_BYTES):
            size += len(block)
            # Up to the last whole tag, so that nothing is missed or counted twice.
            whole, bracket, rest = (tail + block).rpartition(b">")
            tail = rest if bracket else tail + block
            row_count += sum(whole.count(mark) for mark in _ROW_MARKS)
            last_row = _ROW.match(whole, max(0, whole.rfind(b"<row ")))
            row_no = int(last_row[1]) if last_row else 0
            if max(row_count, row_no) > MAX_ROWS or size > MAX_PART_BYTES:
                raise TooManyRows
            if any(_column_number(name) > MAX_COLUMNS for name in set(_COLUMN.findall(whole))):
                raise TooManyRows


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
