"""Maps to pass on: ordered, followed, fetched by who ordered them, gone after a day."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import NotFound
from fieldcrm.core.ids import new_id
from fieldcrm.core.jobs import Job, defer_by_name
from fieldcrm.core.messages import say
from fieldcrm.files.rules import file_key
from fieldcrm.files.serving import serve
from fieldcrm.files.storage import storage
from fieldcrm.territories.schemas import MapOut

KIND: Final = "coverage.map"
MAKE_TASK: Final = "territories.make_map"
KEPT_FOR: Final = timedelta(days=1)
SILENT_FOR: Final = timedelta(minutes=5)
"""A map takes seconds: who has said nothing for so long will not finish."""


def order_map(
    session: Session, actor: Actor, *, days: int, rank: str | None = None, locale: str | None = None
) -> MapOut:
    """Queue a map of the coverage (of one rank) that ``actor`` sees, in the language they read."""
    job = Job(org_id=actor.org_id, id=new_id(), kind=KIND, requested_by=actor.user_id)
    job.result = {"days": days, "rank": rank, "locale": locale or actor.locale, "reach": reach_text(actor)}
    session.add(job)
    session.flush()
    defer_by_name(session, MAKE_TASK, org_id=actor.org_id, job_id=str(job.id))
    return map_out(job, actor)


def get_map(session: Session, actor: Actor, job_id: uuid.UUID) -> Job:
    """Return the job of a map that ``actor`` ordered; of others nobody learns."""
    job = session.scalar(
        select(Job).where(
            Job.org_id == actor.org_id,
            Job.id == job_id,
            Job.kind == KIND,
            Job.requested_by == actor.user_id,
        )
    )
    if job is None:
        raise NotFound()
    return job


def serve_map(session: Session, actor: Actor, job_id: uuid.UUID) -> Response:
    """Return the file; NotFound while it is being made, once it is gone, and when the rights have changed.

    What a map shows is what its orderer saw then. Who sees other accounts by now orders a new one.
    """
    job = get_map(session, actor, job_id)
    result = job.result or {}
    if job.state != "done" or result.get("reach") != reach_text(actor):
        raise NotFound()
    audit.record(
        session,
        action="export",
        entity="coverage",
        entity_id=job.id,
        changes={
            "format": (None, "html"),
            "days": (None, result["days"]),
            **({"rank": (None, result["rank"])} if result.get("rank") else {}),
            "count": (None, job.total),
        },
    )
    return serve(
        storage(),
        file_key(actor.org_id, job.id),
        media_type="text/html",
        name=f"{say('coverage.file', result['locale'])}-{result['day']}.html",
        etag=str(job.id),
    )


def reach_text(actor: Actor) -> str:
    """Return how far someone sees, as a text that changes with it."""
    return " ".join([actor.role.value, *sorted(map(str, actor.team_ids))])


def map_out(job: Job, actor: Actor) -> MapOut:
    """Return how far a map is, told in the reader's language."""
    state, message = job.state, job.message
    begun = job.started_at or job.created_at
    if state in ("queued", "running") and begun < clock.now() - SILENT_FOR:
        state, message = "failed", "coverage.interrupted"
    return MapOut(
        id=job.id,
        state=state,
        done=job.done,
        total=job.total,
        message=None if message is None else say(message, actor.locale),
        size_bytes=(job.result or {}).get("size_bytes"),
        finished_at=job.finished_at,
    )
