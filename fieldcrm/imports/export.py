"""Lists out to CSV and XLSX: every field a file can bring in, so that an export can come back.

Rows are streamed from the database into a temporary file: neither is ever whole in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fieldcrm.accounts.filters import AccountFilter
from fieldcrm.accounts.lists import iterate
from fieldcrm.accounts.phones import show_phone
from fieldcrm.accounts.settings import list_statuses
from fieldcrm.core import audit
from fieldcrm.core.actor import Actor
from fieldcrm.identity import queries as identity
from fieldcrm.imports.changes import is_fax
from fieldcrm.imports.field_names import labels
from fieldcrm.imports.organisation import load_words
from fieldcrm.imports.rules import FIELDS, KIND_WORDS
from fieldcrm.imports.tables import Value, csv_file, xlsx_file


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
        return self._done(*csv_file(self._headings(), self._rows(chosen)), "csv")

    def xlsx(self, chosen: AccountFilter) -> IO[bytes]:
        """Return a workbook: dates as dates, phones and codes as text, formulas never run."""
        return self._done(*xlsx_file([(None, self._headings(), self._rows(chosen))]), "xlsx")

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
        return target
