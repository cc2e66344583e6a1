"""A table as a file: CSV or XLSX, streamed, in which nothing that people typed can run as a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter

from fieldcrm.imports.cells import guarded

TYPES = {
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SPOOLED_BYTES = 1 << 20
_LONGEST_CELL = 32_767
Value = str | int | float | date | datetime | None


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> tuple[IO[bytes], int]:
    """Return UTF-8 with a byte-order mark and the number of rows; formulas are guarded (OWASP)."""
    target = tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES)  # noqa: SIM115 - sent, then closed
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(headings)
    count = 0
    for row in rows:
        writer.writerow([guarded(_as_text(value)) for value in row])
        count += 1
    text.flush()
    text.detach()
    target.seek(0)
    return target, count


def xlsx_file(
    sheets: Iterable[tuple[str | None, Sequence[str], Iterable[Sequence[Value]]]],
) -> tuple[IO[bytes], int]:
    """Return a workbook of (name, headings, rows) and the number of rows.

    Dates as dates, phones and codes as text; formulas never run.
    """
    target = tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES)  # noqa: SIM115 - sent, then closed
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True})
    count = 0
    for name, headings, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, headings, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, moment=moment, day=day)
            count += 1
    book.close()
    target.seek(0)
    return target, count


def in_pieces(target: IO[bytes]) -> Iterable[bytes]:
    """Yield a file in pieces and close it."""
    with target:
        while piece := target.read(1 << 16):
            yield piece


def _as_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return repr(value)
    return str(value)


def _write_cell(sheet: Any, row: int, column: int, value: Value, *, moment: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    else:
        # Text is text in a workbook; only what looks guarded needs guarding, to come back as it is.
        sheet.write_string(row, column, (guarded(value) if value[0] == "'" else value)[:_LONGEST_CELL])
