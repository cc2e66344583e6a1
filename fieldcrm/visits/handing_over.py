"""Who leaves hands their open tasks over with their accounts; what was done stays theirs."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.identity.signals import person_left
from fieldcrm.visits.models import Task


@person_left.connect
def hand_over_tasks(
    session: Session, *, actor: Actor, user_id: uuid.UUID, heir_id: uuid.UUID | None
) -> dict[str, int]:
    """Give the person's open tasks to the heir, or to nobody; return how many."""
    mine = select(Task).where(
        Task.org_id == actor.org_id,
        Task.owner_id == user_id,
        Task.done_at.is_(None),
        Task.deleted_at.is_(None),
    )
    tasks = session.scalars(mine.order_by(Task.id).with_for_update()).all()
    for task in tasks:
        task.owner_id = heir_id
    session.flush()
    return {"tasks": len(tasks)}
