"""One row tried again with corrected values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts.service import Catalogue
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.errors import Conflict, FieldError, Invalid
from fieldcrm.imports import queries
from fieldcrm.imports.chunk import ChunkResult, Outcome, import_rows
from fieldcrm.imports.existing import ExistingAccounts
from fieldcrm.imports.fields import Row
from fieldcrm.imports.models import Import, ImportRow
from fieldcrm.imports.organisation import load_words
from fieldcrm.imports.progress import problems_json, values_json
from fieldcrm.imports.rows import RowReader
from fieldcrm.imports.rules import COUNTED, RowState, State


def retry_row(
    session: Session, actor: Actor, import_id: UUID, row_no: int, *, values: Mapping[str, str]
) -> Import:
    """Import a refused (or pointed-out) row again with ``values`` in place of its own.

    Raises Invalid with every reason when it is still refused; then nothing has changed.
    """
    record = queries.get_import(session, actor, import_id, is_locking=True)
    if record.state != State.DONE or record.is_dry_run:
        raise Conflict("imports.not_done")
    stored = queries.get_row(session, actor, import_id, row_no)
    if stored.state not in (RowState.REFUSED, RowState.FLAGGED):
        raise Conflict("imports.row_is_done")
    advance_clock(session)
    row = _read(session, actor, record, stored=stored, values=values)
    if stored.state == RowState.REFUSED and not row.is_refused:
        _demand_own_account(session, actor, import_id, row)
    default = load_words(session, actor).default_status
    result = import_rows(session, actor, [row], import_id=import_id, default_status=default)
    if row.is_refused:
        raise Invalid(*(FieldError(f"values.{p.name}", p.code, p.params) for p in row.problems))
    _recount(record, stored, result)
    _keep(session, stored, row, outcome=next(iter(result.outcomes), None))
    session.flush()
    return record


def _read(
    session: Session, actor: Actor, record: Import, *, stored: ImportRow, values: Mapping[str, str]
) -> Row:
    reader = RowReader(
        {int(index): field for index, field in record.mapping.items()},
        width=len(record.columns),
        words=load_words(session, actor),
        catalogue=Catalogue(session, actor),
    )
    corrected = {**stored.values.get("values", {}), **values}
    cells = stored.values.get("cells", [])
    row = reader.read_texts(stored.row_no, {**reader.texts(cells), **corrected}, row=cells)
    row.corrected = corrected
    if stored.account_id is not None:
        row.account_id = stored.account_id
    return row


def _demand_own_account(session: Session, actor: Actor, import_id: UUID, row: Row) -> None:
    """A second row of one customer stays out until it names another one."""
    present = ExistingAccounts(session, actor, [row]).find(row)
    if present is None:
        return
    is_changed_by_it = session.scalar(
        select(ImportRow.id)
        .where(
            ImportRow.org_id == actor.org_id,
            ImportRow.import_id == import_id,
            ImportRow.account_id == present["id"],
        )
        .limit(1)
    )
    if present["import_id"] == import_id or is_changed_by_it:
        name = "external_id" if row.columns.get("external_id") else "name"
        raise Invalid(FieldError(f"values.{name}", "imports.already_in_file"))


def _recount(record: Import, stored: ImportRow, result: ChunkResult) -> None:
    counts = {**record.counts}
    counts[stored.state] = counts.get(stored.state, 0) - 1
    counts["flagged"] = counts.get("flagged", 0) + result.counts["flagged"]
    if stored.state == RowState.REFUSED:
        for name in ("created", "updated", "unchanged"):
            counts[name] = counts.get(name, 0) + result.counts[name]
    counts["done"] = sum(counts.get(name, 0) for name in COUNTED)
    record.counts = counts


def _keep(session: Session, stored: ImportRow, row: Row, *, outcome: Outcome | None) -> None:
    """Keep of the row what is still to be told or to be taken back."""
    previous = _joined(stored.previous, outcome.previous if outcome else None)
    if not row.problems and previous is None:
        session.delete(stored)
        return
    stored.state = (RowState.FLAGGED if row.problems else RowState.UPDATED).value
    stored.problems, stored.values = problems_json(row), values_json(row)
    stored.previous = previous
    stored.account_id = outcome.account_id if outcome else stored.account_id


def _joined(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Undo goes back to before the first change, and looks for the version after the last."""
    if first is None or second is None:
        return dict(second or first or {}) or None
    return {"values": {**second["values"], **first["values"]}, "version": second["version"]}
