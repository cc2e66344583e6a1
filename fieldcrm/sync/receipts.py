"""Receipts: that an operation was applied, kept in the same transaction, so that it is applied once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict
from fieldcrm.sync.applied import Applied
from fieldcrm.sync.models import SyncReceipt
from fieldcrm.sync.reading import Readable
from fieldcrm.sync.rows import Key


class AlreadyApplied(Exception):
    """Another request applied an operation while this one tried to."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An operation that was applied, what came of it, and the rows it touched."""

    readable: Readable
    applied: Applied
    rows: Sequence[Key]


def find_receipts(
    session: Session, actor: Actor, op_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, SyncReceipt]:
    """Return the receipts there are, by operation."""
    query = select(SyncReceipt).where(SyncReceipt.org_id == actor.org_id, SyncReceipt.id.in_(list(op_ids)))
    return {receipt.id: receipt for receipt in session.scalars(query)}


def demand_same(receipt: SyncReceipt, actor: Actor, readable: Readable) -> None:
    """Raise Conflict when the receipt is of another person's operation, or of another content."""
    if receipt.user_id != actor.user_id or receipt.fingerprint != readable.fingerprint:
        raise Conflict("op_id_taken")


def keep_receipts(session: Session, actor: Actor, taken: Sequence[Taken], *, at: datetime) -> None:
    """Keep what became of operations; raise AlreadyApplied when someone was quicker with one of them.

    Waits for another transaction that is keeping a receipt of the same operation.
    """
    if not taken:
        return
    # In the order of their ids: two requests with the same operations never wait in a ring.
    in_order = sorted(taken, key=lambda each: each.readable.operation.op_id)
    rows = [_row(actor, each, at) for each in in_order]
    statement = insert(SyncReceipt).on_conflict_do_nothing().returning(SyncReceipt.id)
    kept = session.connection().execute(statement, rows).scalars().all()
    if len(kept) < len(rows):
        raise AlreadyApplied()


def _row(actor: Actor, taken: Taken, at: datetime) -> dict[str, object]:
    operation, applied = taken.readable.operation, taken.applied
    return {
        "org_id": actor.org_id,
        "id": operation.op_id,
        "user_id": actor.user_id,
        "device_id": actor.device_id,
        "type": operation.type,
        "entity_id": operation.entity_id,
        "fingerprint": taken.readable.fingerprint,
        "answer": {
            "status": applied.status,
            "notes": applied.notes,
            "conflict_ids": [str(each) for each in applied.conflict_ids],
            "rows": [list(each) for each in taken.rows],
        },
        "recorded_at": taken.readable.recorded_at,
        "received_at": at,
    }
