"""Who leaves hands their open tasks over with their accounts; what was done stays theirs."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.signals import owner_leaving, owner_left
from fieldcrm.core.actor import Actor
from fieldcrm.visits.models import Task


@owner_leaving.connect
def accounts_with_tasks(session: Session, *, actor: Actor, user_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the accounts, their own or others', at which the person has something to do."""
    return set(session.scalars(_open_tasks(actor, user_id).with_only_columns(Task.account_id)))


@owner_left.connect
def hand_over_tasks(
    session: Session, *, actor: Actor, user_id: uuid.UUID, heir_id: uuid.UUID | None
) -> dict[str, int]:
    """Give the person's open tasks to the heir, or to nobody; return how many."""
    tasks = session.scalars(_open_tasks(actor, user_id).order_by(Task.id).with_for_update()).all()
    for task in tasks:
        task.owner_id = heir_id
    session.flush()
    return {"tasks": len(tasks)}


def _open_tasks(actor: Actor, user_id: uuid.UUID) -> Select[Task]:
    return select(Task).where(
        Task.org_id == actor.org_id,
        Task.owner_id == user_id,
        Task.done_at.is_(None),
        Task.deleted_at.is_(None),
    )
