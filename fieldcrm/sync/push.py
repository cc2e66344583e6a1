"""Taking in what a phone recorded: each operation once, in order, each in a transaction of its own.

A bad operation is refused alone. One that depends on a refused creation is blocked: the phone keeps it
and sends it again afterwards. Whatever is answered with another status is stored, receipt and all.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.database_errors import problem_of
from fieldcrm.core.db import collect_stamped, transaction
from fieldcrm.core.errors import ProblemError, Unavailable
from fieldcrm.core.ids import parse_id
from fieldcrm.core.problems import document
from fieldcrm.identity import policy
from fieldcrm.sync import receipts, rules
from fieldcrm.sync.models import SyncReceipt
from fieldcrm.sync.push_schemas import Push
from fieldcrm.sync.reach import read_clock
from fieldcrm.sync.reading import Readable, read
from fieldcrm.sync.rows import as_row, is_kept, is_reached, key_of, read_rows

log = logging.getLogger(__name__)

Result = dict[str, Any]
_TRIES = 3


@dataclass(slots=True)
class _Batch:
    """One request: what is known about its operations so far."""

    actor: Actor
    known: Mapping[uuid.UUID, SyncReceipt] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    """Ids of things that are not there because their creation was refused."""


def push(actor: Actor, sent: Push) -> dict[str, Any]:
    """Apply the operations in their order and return {results, clock}.

    Raises Unavailable when the database does not answer; what was applied until then stays, and the
    phone finds its receipts when it sends the batch again.
    """
    now = clock.now()
    skew = rules.skew(now, sent.sent_at)
    batch = _Batch(replace(actor, device_id=sent.device_id))
    results = []
    for raw in sent.operations:
        try:
            readable = read(raw, skew=skew, now=now)
        except ProblemError as problem:
            results.append(_refuse(batch, raw, problem))
            continue
        results.append(_take(batch, raw, readable))
    with transaction(actor) as session:
        return {"results": results, "clock": read_clock(session, actor)}


def _take(batch: _Batch, raw: Mapping[str, Any], readable: Readable) -> Result:
    operation = readable.operation
    if batch.missing & rules.mentioned(operation.entity_id, operation.account_id, operation.body):
        if operation.type in rules.CREATING:
            batch.missing.add(str(operation.entity_id))
        return _result(raw, "blocked")
    try:
        return _apply_or_replay(batch, raw, readable)
    except ProblemError as problem:
        if isinstance(problem, Unavailable):
            raise
        return _refuse(batch, raw, problem)
    except Exception as error:
        if current_app.testing:
            raise
        log.error("operation %s (%s) failed", operation.op_id, operation.type, exc_info=error)
        return _refuse(batch, raw, ProblemError())


def _apply_or_replay(batch: _Batch, raw: Mapping[str, Any], readable: Readable) -> Result:
    actor = replace(batch.actor, recorded_at=readable.recorded_at)
    for _ in range(_TRIES):
        try:
            with transaction(actor) as session:
                found = receipts.find_receipts(session, actor, [readable.operation.op_id])
                for receipt in found.values():
                    return _replay(session, actor, raw, receipt=receipt, readable=readable)
                return _apply(session, actor, raw, readable)
        except receipts.AlreadyApplied:
            continue
        except DBAPIError as error:
            problem = problem_of(error)
            if problem is None:
                raise
            raise problem from error
    raise Unavailable()


def _apply(session: Session, actor: Actor, raw: Mapping[str, Any], readable: Readable) -> Result:
    policy.require(actor, readable.kind.policy)
    stamped = collect_stamped(session)
    applied = readable.kind.apply(session, actor, readable.operation, readable.body)
    session.flush()
    others = [row for row in stamped if is_kept(row) and row is not applied.row]
    touched = [*([] if applied.row is None else [applied.row]), *others]
    reached = [row for row in touched if is_reached(session, actor, row)]
    received_at = receipts.keep_receipt(
        session, actor, readable, applied=applied, rows=[key_of(row) for row in touched]
    )
    result = _result(raw, applied.status, notes=applied.notes, conflict_ids=applied.conflict_ids)
    result["received_at"] = clock.iso(received_at)
    rows = {row: as_row(session, actor, row) for row in reached}
    result["row"] = rows.pop(applied.row, None) if applied.row is not None else None
    result["rows"] = list(rows.values())
    return result


def _replay(
    session: Session, actor: Actor, raw: Mapping[str, Any], *, receipt: SyncReceipt, readable: Readable
) -> Result:
    """Return the first answer again, its rows as they are by now."""
    receipts.demand_same(receipt, actor, readable)
    first = receipt.answer
    result = _result(raw, "duplicate", notes=first["notes"], conflict_ids=first["conflict_ids"])
    result["received_at"] = clock.iso(receipt.received_at)
    rows = read_rows(session, actor, first["rows"])
    present = [rows[key] for each in first["rows"] if (key := (each[0], each[1])) in rows]
    is_about = [row for row in present if row["value"]["id"] == str(receipt.entity_id)]
    result["row"] = is_about[0] if is_about else None
    result["rows"] = [row for row in present if row is not result["row"]]
    return result


def _refuse(batch: _Batch, raw: Any, problem: ProblemError) -> Result:
    told = raw if isinstance(raw, Mapping) else {}
    entity_id = parse_id(told.get("entity_id"))
    if told.get("type") in rules.CREATING and entity_id is not None:
        batch.missing.add(str(entity_id))
    return _result(told, "refused", problem=document(problem, batch.actor.locale))


def _result(
    raw: Mapping[str, Any],
    status: str,
    *,
    notes: list[dict[str, Any]] | None = None,
    conflict_ids: list[Any] | None = None,
    problem: dict[str, object] | None = None,
) -> Result:
    op_id = parse_id(raw.get("op_id"))
    return {
        "op_id": None if op_id is None else str(op_id),
        "status": status,
        "row": None,
        "rows": [],
        "notes": notes or [],
        "conflict_ids": [str(each) for each in conflict_ids or ()],
        "problem": problem,
        "received_at": clock.iso(clock.now()),
    }
