"""Receipts: that an operation was applied, kept in the same transaction, so that it is applied once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict
from fieldcrm.sync.applied import Applied
from fieldcrm.sync.models import SyncReceipt
from fieldcrm.sync.reading import Readable
from fieldcrm.sync.rows import Key


class AlreadyApplied(Exception):
    """Another request applied the operation while this one tried to."""


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


def keep_receipt(
    session: Session, actor: Actor, readable: Readable, *, applied: Applied, rows: Iterable[Key]
) -> datetime:
    """Keep what became of an operation and return when; raise AlreadyApplied when someone was quicker.

    Waits for another transaction that is keeping a receipt of the same operation.
    """
    operation, moment = readable.operation, clock.now()
    kept = session.execute(
        insert(SyncReceipt)
        .values(
            org_id=actor.org_id,
            id=operation.op_id,
            user_id=actor.user_id,
            device_id=actor.device_id,
            type=operation.type,
            entity_id=operation.entity_id,
            fingerprint=readable.fingerprint,
            answer={
                "status": applied.status,
                "notes": applied.notes,
                "conflict_ids": [str(each) for each in applied.conflict_ids],
                "rows": [list(each) for each in rows],
            },
            recorded_at=readable.recorded_at,
            received_at=moment,
        )
        .on_conflict_do_nothing()
        .returning(SyncReceipt.id)
    ).scalar()
    if kept is None:
        raise AlreadyApplied()
    return moment
