"""URLs of conflicts: two values of one field, listed until somebody chooses."""

from __future__ import annotations

import uuid

from apiflask import APIBlueprint

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.sync import conflicts
from fieldcrm.sync.conflict_schemas import Choice, ConflictOut, ConflictPage, ConflictQuery

bp = APIBlueprint("conflicts", __name__)


@bp.get("/api/conflicts")
@endpoint("conflicts.read", query=ConflictQuery, answer=ConflictPage)
def list_conflicts(*, actor: Actor, query: ConflictQuery) -> ConflictPage:
    """List the conflicts that wait, or with ``settled`` those that were settled, newest first."""
    rows, next_cursor = conflicts.list_conflicts(db.session(), actor, query)
    return ConflictPage(items=[ConflictOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@bp.post("/api/conflicts/<uuid:conflict_id>/settle")
@endpoint("conflicts.settle", body=Choice, answer=ConflictOut)
def settle_conflict(*, actor: Actor, conflict_id: uuid.UUID, body: Choice) -> ConflictOut:
    """Let one of the two values stand. What others set there meanwhile is a conflict of its own."""
    return ConflictOut.model_validate(conflicts.settle_now(db.session(), actor, conflict_id, body))
