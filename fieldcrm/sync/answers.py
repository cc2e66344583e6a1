"""What a phone is told of each operation."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.problems import document
from fieldcrm.sync.applied import Applied
from fieldcrm.sync.models import SyncReceipt
from fieldcrm.sync.rows import Key

Result = dict[str, Any]
JSONRow = dict[str, Any]


def applied_result(
    op_id: uuid.UUID, applied: Applied, *, row: JSONRow | None, rows: Sequence[JSONRow], at: datetime
) -> Result:
    """Tell that an operation was applied, and the rows as they now are."""
    result = _result(op_id, applied.status, at=at)
    result.update(row=row, rows=rows, notes=applied.notes)
    result["conflict_ids"] = [str(each) for each in applied.conflict_ids]
    return result


def duplicate_result(receipt: SyncReceipt, found: Mapping[Key, JSONRow]) -> Result:
    """Tell the first answer again, its rows as they are by now (those ``found``)."""
    first = receipt.answer
    result = _result(receipt.id, "duplicate", at=receipt.received_at)
    present = [found[key] for each in first["rows"] if (key := (each[0], each[1])) in found]
    is_about = [row for row in present if row["value"]["id"] == str(receipt.entity_id)]
    result["row"] = is_about[0] if is_about else None
    result["rows"] = [row for row in present if row is not result["row"]]
    result.update(notes=first["notes"], conflict_ids=first["conflict_ids"])
    return result


def refused_result(op_id: uuid.UUID | None, actor: Actor, problem: ProblemError) -> Result:
    """Tell why an operation was not applied."""
    return _result(op_id, "refused", at=clock.now()) | {"problem": document(problem, actor.locale)}


def blocked_result(op_id: uuid.UUID | None) -> Result:
    """Tell that an operation has to wait for another one."""
    return _result(op_id, "blocked", at=clock.now())


def _result(op_id: uuid.UUID | None, status: str, *, at: datetime) -> Result:
    return {
        "op_id": None if op_id is None else str(op_id),
        "status": status,
        "row": None,
        "rows": [],
        "notes": [],
        "conflict_ids": [],
        "problem": None,
        "received_at": clock.iso(at),
    }
