"""A thousand rows in one transaction: told apart into new, changed and unchanged, and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from fieldcrm.accounts.service import ask_later, bulk_create, bulk_update
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.ids import new_id
from fieldcrm.imports.changes import changes_of, previous_of
from fieldcrm.imports.existing import ExistingAccounts, Found
from fieldcrm.imports.fields import Row
from fieldcrm.imports.placing import place
from fieldcrm.imports.rules import RowState


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row worth remembering: refused, pointed out, or with what it replaced."""

    row: Row
    state: RowState
    account_id: UUID | None = None
    previous: Mapping[str, Any] | None = None


@dataclass(slots=True)
class ChunkResult:
    """What became of the rows of a chunk."""

    counts: Counter[str] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)


def import_rows(
    session: Session,
    actor: Actor,
    rows: Sequence[Row],
    *,
    import_id: UUID,
    default_status: int,
    is_dry_run: bool = False,
) -> ChunkResult:
    """Create and update the rows' accounts; refused rows are only reported.

    Writers of one organisation follow one another from here on, so that two imports of the same
    customers at once cannot both find them missing.
    """
    if not is_dry_run:
        advance_clock(session)
    known = ExistingAccounts(session, actor, [row for row in rows if not row.is_refused])
    pairs = [(row, _match(row, known)) for row in rows if not row.is_refused]
    pairs = [(row, present) for row, present in pairs if not row.is_refused]
    work = _Work()
    for (row, present), position in zip(pairs, place(pairs, at=clock.now()), strict=True):
        if present is None:
            account = {**_new_account(row, position), "import_id": import_id}
            work.create(row, {"status": default_status, **account})
        else:
            work.update(row, present, {**changes_of(row, present), **position})
    if not is_dry_run:
        created = bulk_create(session, actor, work.created)
        updated = bulk_update(session, actor, work.updated)
        ask_later(session, actor, [*created, *sorted(updated)])
    return work.result(refused=[row for row in rows if row.is_refused])


class _Work:
    """What is to be written for a chunk, and what is remembered of its rows."""

    def __init__(self) -> None:
        self.created: list[dict[str, Any]] = []
        self.updated: dict[UUID, dict[str, Any]] = {}
        self._result = ChunkResult()

    def create(self, row: Row, account: dict[str, Any]) -> None:
        self.created.append(account)
        _note(self._result, row, "created", account_id=account["id"])

    def update(self, row: Row, present: Found, changes: dict[str, Any]) -> None:
        account_id = present["id"]
        if present["deleted_at"] is not None:
            changes["deleted_at"] = None
        if not changes:
            _note(self._result, row, "unchanged", account_id=account_id)
            return
        if account_id in self.updated:
            # Two rows that name one account differently, by number and by name and address.
            row.blame("row", "imports.already_in_file")
            return
        self.updated[account_id] = changes
        # Brought back from deletion, an account is new to the person who imports.
        count = "created" if "deleted_at" in changes else "updated"
        previous = _previous(changes, present)
        _note(self._result, row, count, account_id=account_id, previous=previous)

    def result(self, *, refused: Sequence[Row]) -> ChunkResult:
        self._result.counts["refused"] += len(refused)
        outcomes = [*self._result.outcomes, *(Outcome(row, RowState.REFUSED) for row in refused)]
        self._result.outcomes = sorted(outcomes, key=lambda outcome: outcome.row.row_no)
        return self._result


def _match(row: Row, known: ExistingAccounts) -> Found | None:
    """Return the account the row is about; refuse the row when it may not be that one."""
    present = known.find(row)
    if present is None and row.account_id is not None:
        row.blame("id", "imports.no_such_account")
    if present is not None and not present["is_reached"]:
        row.blame("row", "imports.out_of_reach")
    external_id = row.columns.get("external_id")
    if external_id and row.account_id is not None:
        holder = known.holder(external_id)
        if holder is not None and holder["id"] != row.account_id:
            row.blame("external_id", "already_taken")
    return present


def _new_account(row: Row, position: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in row.columns.items() if value is not None}
    account = {**given, **position, "id": new_id()}
    if row.last_visit_at is not None:
        account["last_visit_at"] = row.last_visit_at
    return account


def _previous(changes: Mapping[str, Any], present: Found) -> dict[str, Any]:
    previous = {name: plain(value) for name, value in previous_of(changes, present).items()}
    # What undo must find again to know that nobody touched the account since.
    return {"values": previous, "version": present["version"] + 1}


def plain(value: object) -> object:
    """Return a column's value as JSON can hold it."""
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, (date, UUID)):
        return str(value)
    return value


def _note(
    result: ChunkResult,
    row: Row,
    count: str,
    *,
    account_id: UUID,
    previous: Mapping[str, Any] | None = None,
) -> None:
    result.counts[count] += 1
    if row.problems:
        result.counts["flagged"] += 1
    if row.problems or previous is not None:
        state = RowState.FLAGGED if row.problems else RowState.UPDATED
        result.outcomes.append(Outcome(row, state, account_id, previous))
