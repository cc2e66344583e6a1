"""Files made in the test, imported as the worker does it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from fieldcrm.accounts.models import Account
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.imports import queries, runner, service
from fieldcrm.imports.models import ImportRow
from fieldcrm.imports.rules import RowState
from tests.fixtures.people import Org


@dataclass(frozen=True)
class Done:
    """A finished import."""

    id: UUID
    actor: Actor
    counts: dict[str, Any]

    def rows(self, *states: RowState) -> list[ImportRow]:
        with transaction(self.actor) as session:
            wanted = states or (RowState.REFUSED, RowState.FLAGGED)
            found = list(queries.rows_of(session, self.actor, self.id, states=wanted, limit=1000))
            session.expunge_all()
            return found

    def problems(self) -> list[tuple[int, str, str]]:
        """Return (row, field, code) of every problem."""
        return [(row.row_no, p["field"], p["code"]) for row in self.rows() for p in row.problems]


ImportFile = Callable[..., Done]


@pytest.fixture
def actor(organisation: Org) -> Actor:
    return organisation.actor


@pytest.fixture
def import_file(actor: Actor) -> ImportFile:
    """``import_file(text or bytes, filename=..., mapping=..., is_dry_run=...)`` -> Done."""

    def run(
        content: str | bytes,
        filename: str = "customers.csv",
        *,
        mapping: dict[str, str | None] | None = None,
        is_dry_run: bool = False,
        by: Actor | None = None,
    ) -> Done:
        who = by or actor
        raw = content.encode() if isinstance(content, str) else content
        with transaction(who) as session:
            record = service.create_import(session, who, filename=filename, file=io.BytesIO(raw))
            import_id = record.id
            if mapping is not None:
                service.set_mapping(session, who, import_id, mapping)
            service.prepare(session, who, import_id, is_dry_run=is_dry_run)
        return Done(import_id, who, runner.run(who, import_id))

    return run


@pytest.fixture
def accounts_of(actor: Actor) -> Callable[[], dict[str, Account]]:
    """Return the organisation's living accounts by name."""

    def load(by: Actor | None = None) -> dict[str, Account]:
        who = by or actor
        with transaction(who) as session:
            query = select(Account).where(Account.org_id == who.org_id, Account.deleted_at.is_(None))
            found = {account.name: account for account in session.scalars(query)}
            session.expunge_all()
            return found

    return load
