"""Due days are days where the organisation lives: when its time zone changes they are counted again."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts import rules
from fieldcrm.accounts.bulk import bulk_update
from fieldcrm.accounts.models import Account
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.identity.signals import timezone_changed

RECOUNT_TASK: Final = "accounts.recount_due_days"
AT_ONCE: Final = 2000
"""Accounts a transaction: the organisation's writers wait no longer than for that many."""


@timezone_changed.connect
def _recount_later(session: Session, *, actor: Actor) -> None:
    defer_by_name(session, RECOUNT_TASK, org_id=actor.org_id)


def recount(session: Session, actor: Actor, *, after: uuid.UUID | None) -> uuid.UUID | None:
    """Count the due days of the accounts after ``after`` again; return where to go on, or None at the end."""
    query = select(
        Account.id, Account.last_visit_at, Account.created_at, Account.cadence_days, Account.due_on
    ).where(Account.org_id == actor.org_id, Account.cadence_days.is_not(None), Account.deleted_at.is_(None))
    if after is not None:
        query = query.where(Account.id > after)
    rows = session.execute(query.order_by(Account.id).limit(AT_ONCE)).all()
    due_days = {
        row.id: rules.due_on(
            last_visit_on=clock.local_date(row.last_visit_at, actor.timezone) if row.last_visit_at else None,
            created_on=clock.local_date(row.created_at, actor.timezone),
            cadence_days=row.cadence_days,
        )
        for row in rows
    }
    moved = {row.id: {"due_on": due_days[row.id]} for row in rows if row.due_on != due_days[row.id]}
    if moved:
        bulk_update(session, actor, moved)
    return rows[-1].id if len(rows) == AT_ONCE else None
