"""Where an import stands, written in the transaction of the rows it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from fieldcrm.core import bulk, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.ids import new_id
from fieldcrm.imports import queries
from fieldcrm.imports.chunk import ChunkResult, Outcome
from fieldcrm.imports.fields import Row
from fieldcrm.imports.models import Import, ImportRow
from fieldcrm.imports.rules import COUNTED, RowState, State

_ROW_TABLE = cast("Table", ImportRow.__table__)
_ROW_COLUMNS = (
    "org_id", "id", "import_id", "row_no", "state", "problems", "values", "previous", "account_id"
)  # fmt: skip


def set_state(session: Session, actor: Actor, import_id: UUID, state: State, **values: Any) -> None:
    """Move an import to a state, with whatever else changes with it, and give a sign of life."""
    session.execute(
        update(Import)
        .where(Import.org_id == actor.org_id, Import.id == import_id)
        .values(state=state.value, heartbeat_at=clock.now(), **values)
        .execution_options(synchronize_session=False)
    )


def write_chunk(
    session: Session,
    actor: Actor,
    import_id: UUID,
    result: ChunkResult,
    *,
    counts: Mapping[str, Any],
    next_row: int,
) -> dict[str, Any]:
    """Remember what became of a chunk's rows; return the counts with them added."""
    total = {**counts}
    for name, number in result.counts.items():
        total[name] = total.get(name, 0) + number
    total["done"] = sum(total.get(name, 0) for name in COUNTED)
    rows = [_values(actor, import_id, outcome) for outcome in result.outcomes]
    if rows:
        bulk.insert_rows(session, _ROW_TABLE, _ROW_COLUMNS, rows)
    set_state(session, actor, import_id, State.RUNNING, counts=total, next_row=next_row)
    return total


def set_failed(
    session: Session, actor: Actor, import_id: UUID, *, code: str, params: Mapping[str, object]
) -> None:
    """Say why an import failed; it is told in the reader's language. What is done stays done."""
    record = queries.get_import(session, actor, import_id, is_locking=True)
    counts = {**record.counts, "message_params": {name: str(value) for name, value in params.items()}}
    set_state(session, actor, import_id, State.FAILED, message=code, counts=counts, finished_at=clock.now())


def _values(actor: Actor, import_id: UUID, outcome: Outcome) -> list[Any]:
    row = outcome.row
    # An update needs no more than what it replaced; the rest is shown to people.
    is_shown = outcome.state is not RowState.UPDATED
    return [
        actor.org_id,
        new_id(),
        import_id,
        row.row_no,
        outcome.state.value,
        problems_json(row),
        values_json(row) if is_shown else {},
        outcome.previous,
        outcome.account_id,
    ]


def problems_json(row: Row) -> list[dict[str, object]]:
    """Return a row's problems as they are stored: codes, told in the reader's language later."""
    return [{"field": p.name, "code": p.code, "params": dict(p.params)} for p in row.problems]


def values_json(row: Row) -> dict[str, object]:
    """Return a row's cells as they are stored, with what a person corrected."""
    values: dict[str, object] = {"cells": [storable(cell) for cell in row.cells]}
    if row.corrected:
        values["values"] = {name: storable(text) for name, text in row.corrected.items()}
    return values


def storable(text: str) -> str:
    """Return a cell as PostgreSQL can keep it: a visible sign for NUL, which it cannot."""
    return text.replace("\x00", "\u2400")
