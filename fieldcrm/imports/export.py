"""Lists out to CSV and XLSX: every field a file can bring in, so that an export can come back.

Rows are streamed from the database into a temporary file: neither is ever whole in memory.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import xlsxwriter
from sqlalchemy.orm import Session

from fieldcrm.accounts.filters import AccountFilter
from fieldcrm.accounts.lists import iterate
from fieldcrm.accounts.phones import show_phone
from fieldcrm.accounts.settings import list_statuses
from fieldcrm.core import audit
from fieldcrm.core.actor import Actor
from fieldcrm.identity import queries as identity
from fieldcrm.imports.cells import guarded
from fieldcrm.imports.changes import is_fax
from fieldcrm.imports.field_names import labels
from fieldcrm.imports.organisation import load_words
from fieldcrm.imports.rules import FIELDS, KIND_WORDS

_SPOOLED_BYTES = 1 << 20
_LONGEST_CELL = 32_767
Value = str | int | float | date | datetime | None


class Exporter:
    """Writes the accounts that a filter shows, in the reader's language."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._actor = actor
        words = load_words(session, actor)
        self._own_fields = words.own_fields
        self._labels = labels(actor.locale, words.own_fields)
        is_english = actor.locale.startswith("en")
        self._status = {
            status.no: status.name_en if is_english else status.name_ja
            for status in list_statuses(session, actor)
        }
        self._kind = {kind: names[1 if is_english else 0] for kind, names in KIND_WORDS.items()}
        # Two people of one name are told apart by their e-mail, which the import knows as well.
        people = identity.list_users(session, actor.org_id)
        names = [person.name for person in people]
        self._owner = {p.id: p.name if names.count(p.name) == 1 else p.email for p in people}
        self._zone = ZoneInfo(actor.timezone)

    def csv(self, chosen: AccountFilter) -> IO[bytes]:
        """Return UTF-8 with a byte-order mark; what would run as a formula is guarded (OWASP)."""
        target = tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES)  # noqa: SIM115 - sent, then closed
        text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(self._headings())
        count = 0
        for row in self._rows(chosen):
            writer.writerow([guarded(_as_text(value)) for value in row])
            count += 1
        text.flush()
        text.detach()
        return self._done(target, count, "csv")

    def xlsx(self, chosen: AccountFilter) -> IO[bytes]:
        """Return a workbook: dates as dates, phones and codes as text, formulas never run."""
        target = tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES)  # noqa: SIM115 - sent, then closed
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(target, options)
        sheet = book.add_worksheet()
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, self._headings(), book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        number = 0
        for number, row in enumerate(self._rows(chosen), start=1):
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, moment=moment, day=day)
        book.close()
        return self._done(target, number, "xlsx")

    def _headings(self) -> list[str]:
        return [self._labels[key] for key in self._keys()]

    def _keys(self) -> list[str]:
        return [*FIELDS, *(f"custom.{own.key}" for own in self._own_fields)]

    def _rows(self, chosen: AccountFilter) -> Iterator[list[Value]]:
        keys = self._keys()
        for account in iterate(self._session, self._actor, chosen):
            values = self._values(account)
            yield [values.get(key) for key in keys]

    def _values(self, account: Any) -> dict[str, Value]:
        numbers = [show_phone(phone["number"]) for phone in account.phones if not is_fax(phone)]
        faxes = [show_phone(phone["number"]) for phone in account.phones if is_fax(phone)]
        visited = account.last_visit_at
        values: dict[str, Value] = {
            "id": str(account.id),
            "kind": self._kind.get(account.kind, account.kind),
            "status": self._status.get(account.status),
            "owner": self._owner.get(account.owner_id) if isinstance(account.owner_id, UUID) else None,
            "tags": ", ".join(account.tags),
            "phone": next(iter(numbers), None),
            "phone2": next(iter(numbers[1:]), None),
            "fax": next(iter(faxes), None),
            "last_visit_at": visited.astimezone(self._zone).replace(tzinfo=None) if visited else None,
        }
        for key in FIELDS:
            if key not in values:
                values[key] = getattr(account, key)
        for own in self._own_fields:
            value = account.custom.get(own.key)
            is_day = own.type == "date" and isinstance(value, str)
            values[f"custom.{own.key}"] = date.fromisoformat(value) if is_day else value
        return values

    def _done(self, target: IO[bytes], count: int, kind: str) -> IO[bytes]:
        audit.record(
            self._session,
            action="export",
            entity="accounts",
            entity_id=None,
            changes={"format": (None, kind), "count": (None, count)},
        )
        target.seek(0)
        return target


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


def in_pieces(target: IO[bytes]) -> Iterable[bytes]:
    """Yield a file in pieces and close it."""
    with target:
        while piece := target.read(1 << 16):
            yield piece
