"""The accounts that rows of a file are about: found by our id, by external id, by name and address."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, and_, any_, bindparam, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import plan_each_time
from fieldcrm.imports.addresses import address_key
from fieldcrm.imports.fields import Row

COMPARED = (
    "kind", "name", "name_kana", "external_id", "postal_code", "prefecture", "municipality", "address",
    "building", "phones", "email", "web", "status", "win_prob", "rank", "owner_id", "team_id", "tags",
    "cadence_days", "notes", "custom", "last_visit_at",
)  # fmt: skip
"""What a file can change."""
POSITION = ("lon", "lat", "precision", "geo_source", "geo_at", "geo_flags", "geo_matched")
_COLUMNS = tuple(
    getattr(Account, name) for name in ("id", "version", "deleted_at", "import_id", *COMPARED, *POSITION)
)

Found = Mapping[str, Any]


class ExistingAccounts:
    """Accounts of the organisation that the rows of one chunk may be about, loaded in two queries."""

    def __init__(self, session: Session, actor: Actor, rows: Sequence[Row]) -> None:
        self._session = session
        self._actor = actor
        self._by_id: dict[UUID, Found] = {}
        self._by_external_id: dict[str, Found] = {}
        self._by_name: dict[str, list[Found]] = {}
        plan_each_time(session)
        self._load_by_ids(rows)
        self._load_by_names(rows)

    def find(self, row: Row) -> Found | None:
        """Return the account the row is about, deleted ones only by id, or None when it is new."""
        if row.account_id is not None:
            return self._by_id.get(row.account_id)
        external_id = row.columns.get("external_id")
        found = self._by_external_id.get(external_id) if external_id else None
        return found or self._by_place(row, external_id)

    def holder(self, external_id: str) -> Found | None:
        """Return the account that carries the external id."""
        return self._by_external_id.get(external_id)

    def _by_place(self, row: Row, external_id: str | None) -> Found | None:
        candidates = self._by_name.get(row.columns["name"])
        if not candidates:
            return None
        key = place_key(row.columns)
        for account in candidates:
            # Two numbers are two customers, even of one name at one address.
            is_other = external_id and account["external_id"]
            if not is_other and key in (place_key(account), _phone_key(account)):
                return account
        return None

    def _load_by_ids(self, rows: Sequence[Row]) -> None:
        ids = {row.account_id for row in rows if row.account_id is not None}
        external = {row.columns["external_id"] for row in rows if row.columns.get("external_id")}
        if ids:
            self._by_id = {found["id"]: found for found in self._select(_is_one_of(Account.id, ids))}
        if external:
            found_rows = self._select(_is_one_of(Account.external_id, external))
            self._by_external_id = {found["external_id"]: found for found in found_rows}

    def _load_by_names(self, rows: Sequence[Row]) -> None:
        names = {
            row.columns["name"]
            for row in rows
            if row.account_id is None and row.columns.get("external_id") not in self._by_external_id
        }
        if names:
            is_named = and_(_is_one_of(Account.name, names), Account.deleted_at.is_(None))
            for found in self._select(is_named):
                self._by_name.setdefault(found["name"], []).append(found)

    def _select(self, condition: Any) -> list[Found]:
        is_reached = scope_filter(self._actor, "accounts.update").label("is_reached")
        query = select(*_COLUMNS, is_reached).where(Account.org_id == self._actor.org_id, condition)
        rows = self._session.connection().execute(query.order_by(Account.id)).mappings()
        return [dict(row) for row in rows]


def _is_one_of(column: Any, values: Collection[object]) -> ColumnElement[bool]:
    # One array rather than a thousand parameters: a tenth of the time to prepare.
    return column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))  # type: ignore[no-any-return]


def place_key(account: Mapping[str, Any]) -> str:
    """Return what tells accounts of one name: the address, or without one the first phone."""
    if account.get("address"):
        return address_key(account["address"] + (account.get("building") or ""))
    return _phone_key(account)


def _phone_key(account: Mapping[str, Any]) -> str:
    phones = account.get("phones") or ()
    return str(phones[0]["number"]) if phones else ""


def row_key(row: Row) -> str:
    """Return what names the row's account within its file: a second row of it is told by this."""
    if row.account_id is not None:
        return f"i{row.account_id}"
    if external_id := row.columns.get("external_id"):
        return f"x{external_id}"
    return f"n{row.columns['name']}\x1f{place_key(row.columns)}"
