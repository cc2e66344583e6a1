"""Background work of territories: maps to pass on are made, and removed a day later."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import Forbidden, ProblemError
from fieldcrm.core.jobs import Job, queue
from fieldcrm.core.worker import running_app
from fieldcrm.files.rules import file_key
from fieldcrm.files.storage import Storage, keepers, storage
from fieldcrm.identity.absent import actor_of, names_of
from fieldcrm.identity.policy import require
from fieldcrm.territories.mapfile import render_map
from fieldcrm.territories.mapmaking import make_content
from fieldcrm.territories.maps import KEPT_FOR, KIND, MAKE_TASK, reach_text

log = logging.getLogger(__name__)


@queue.task(name=MAKE_TASK)
def make_map(*, org_id: int, job_id: str) -> None:
    """Make an ordered map with the rights that its orderer has now; run again it is made anew."""
    with running_app().app_context():
        system, wanted = system_actor(org_id), uuid.UUID(job_id)
        with transaction(system) as session:
            job = session.get(Job, (org_id, wanted))
            if job is None:
                return
            user_id, order = job.requested_by, dict(job.result or {})
        actor = actor_of(org_id, user_id)
        try:
            _make(actor, wanted, order)
        except ProblemError as why:
            _note(system, wanted, state="failed", message=why.code, finished_at=clock.now())
        except Exception:
            _note(system, wanted, state="failed", message="coverage.failed", finished_at=clock.now())
            raise


def _make(actor: Actor, job_id: uuid.UUID, order: dict[str, Any]) -> None:
    require(actor, "coverage.export")
    if reach_text(actor) != order["reach"]:
        raise Forbidden()
    names = names_of(actor)
    _note(actor, job_id, state="running", started_at=clock.now(), done=0)
    with transaction(actor) as session:
        content = make_content(
            session, actor, days=order["days"], rank=order.get("rank"), locale=order["locale"], names=names
        )
    _note(actor, job_id, total=content.account_count)
    page = render_map(content).encode()
    storage().write(file_key(actor.org_id, job_id), page)
    day = clock.local_date(clock.now(), actor.timezone).isoformat()
    result = {**order, "size_bytes": len(page), "day": day}
    _note(actor, job_id, state="done", done=content.account_count, result=result, finished_at=clock.now())


def _note(actor: Actor, job_id: uuid.UUID, **values: Any) -> None:
    with transaction(actor) as session:
        session.execute(update(Job).where(Job.org_id == actor.org_id, Job.id == job_id).values(**values))


@queue.periodic(cron="40 * * * *")
@queue.task(name="territories.purge_maps", queueing_lock="territories.purge_maps")
def purge_all(timestamp: int) -> None:
    """Remove old maps of every organisation that keeps something in the storage."""
    app = running_app()
    with app.app_context():
        kept = storage()
        for actor in keepers(kept):
            with transaction(actor) as session:
                count = purge(session, actor, kept)
            log.info("removed %s maps of organisation %s (run of %s)", count, actor.org_id, timestamp)


def purge(session: Session, actor: Actor, kept: Storage) -> int:
    """Remove the maps that were ordered more than a day ago; return how many."""
    is_old = (
        Job.org_id == actor.org_id,
        Job.kind == KIND,
        Job.created_at < clock.now() - KEPT_FOR,
    )
    gone = session.scalars(select(Job.id).where(*is_old)).all()
    kept.delete(file_key(actor.org_id, job_id) for job_id in gone)
    session.execute(delete(Job).where(*is_old).execution_options(synchronize_session=False))
    return len(gone)
