"""Stamping rows of accounts with the change clock in one statement, so that phones fetch them anew."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock


def restamp(session: Session, actor: Actor, table: Any, *, account_ids: Collection[uuid.UUID]) -> None:
    """Stamp the rows of ``table`` (a tracked model with ``account_id``) that hang on the accounts."""
    session.execute(
        update(table)
        .where(table.org_id == actor.org_id, table.account_id.in_(account_ids))
        .values(change_seq=advance_clock(session))
        .execution_options(synchronize_session=False)
    )


def rehang(session: Session, actor: Actor, table: Any, *, from_id: uuid.UUID, to_id: uuid.UUID) -> None:
    """Move the rows of ``table`` from one account to another."""
    session.execute(
        update(table)
        .where(table.org_id == actor.org_id, table.account_id == from_id)
        .values(
            account_id=to_id,
            version=table.version + 1,
            change_seq=advance_clock(session),
            updated_at=clock.now(),
        )
        .execution_options(synchronize_session="fetch")
    )
