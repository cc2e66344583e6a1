"""Accounts follow when their rank is called otherwise: at once when they are few, else step by step in a job.

Each step is a transaction of its own: the organisation's writers wait no longer than for that many.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from fieldcrm.accounts.bulk import bulk_update
from fieldcrm.accounts.models import Account
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.ids import new_id
from fieldcrm.core.jobs import Job, defer_by_name

RENAME_TASK: Final = "accounts.rename_rank"
KIND: Final = "accounts.rename_rank"
AT_ONCE: Final = 500
SHOWN_FOR: Final = timedelta(hours=1)
"""Who has not got further for so long waits for a worker that is not there: nobody is told of progress."""


def hold_few(session: Session, actor: Actor, rank: str) -> Sequence[uuid.UUID] | None:
    """Lock the accounts that have the rank, in the order of their ids; None when they are many."""
    query = _with_rank(actor, rank)
    if len(session.scalars(query.limit(AT_ONCE + 1)).all()) > AT_ONCE:
        return None
    return session.scalars(query.order_by(Account.id).with_for_update()).all()


def begin(
    session: Session, actor: Actor, rank: str, to: str, *, few: Sequence[uuid.UUID] | None, count: int
) -> None:
    """Rename the rank of so many accounts: of a few, which are locked, at once."""
    job_id: uuid.UUID | None = None
    if few:
        bulk_update(session, actor, {account_id: {"rank": to} for account_id in few})
    elif few is None:
        job_id = new_id()
        job = Job(org_id=actor.org_id, id=job_id, kind=KIND, total=count, requested_by=actor.user_id)
        job.result = {"rank": rank, "to": to}
        session.add(job)
        session.flush()
    # Also after few: whoever was writing the former name meanwhile commits after us.
    defer_by_name(
        session,
        RENAME_TASK,
        org_id=actor.org_id,
        user_id=None if actor.user_id is None else str(actor.user_id),
        job_id=None if job_id is None else str(job_id),
        rank=rank,
        to=to,
    )


def follow(session: Session, actor: Actor, rank: str, to: str) -> int:
    """Rename the rank of the next accounts that have it; return how many there were."""
    query = _with_rank(actor, rank).order_by(Account.sort_key, Account.id)
    ids = session.scalars(query.limit(AT_ONCE)).all()
    return len(bulk_update(session, actor, {account_id: {"rank": to} for account_id in ids})) if ids else 0


def note(session: Session, actor: Actor, job_id: uuid.UUID | None, **values: Any) -> None:
    """Write down how far the job is."""
    if job_id is not None:
        is_it = (Job.org_id == actor.org_id) & (Job.id == job_id)
        session.execute(update(Job).where(is_it).values(**values))


def find_running(session: Session, actor: Actor) -> Job | None:
    """Return the renaming that is still going on, or None."""
    query = select(Job).where(
        Job.org_id == actor.org_id,
        Job.kind == KIND,
        Job.finished_at.is_(None),
        Job.created_at > clock.now() - SHOWN_FOR,
    )
    return session.scalars(query.order_by(Job.created_at.desc(), Job.id.desc()).limit(1)).first()


def _with_rank(actor: Actor, rank: str) -> Select[uuid.UUID]:
    return select(Account.id).where(
        Account.org_id == actor.org_id, Account.rank == rank, Account.deleted_at.is_(None)
    )
