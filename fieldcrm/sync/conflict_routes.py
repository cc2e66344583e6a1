"""URLs of conflicts: two values of one field, listed until somebody chooses (by push)."""

from __future__ import annotations

from apiflask import APIBlueprint

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.sync import conflicts
from fieldcrm.sync.conflict_schemas import ConflictOut, ConflictPage, ConflictQuery

bp = APIBlueprint("conflicts", __name__)


@bp.get("/api/conflicts")
@endpoint("conflicts.read", query=ConflictQuery, answer=ConflictPage)
def list_conflicts(*, actor: Actor, query: ConflictQuery) -> ConflictPage:
    """List the conflicts that wait, or with ``settled`` those that were settled, newest first."""
    rows, next_cursor = conflicts.list_conflicts(db.session(), actor, query)
    return ConflictPage(items=[ConflictOut.model_validate(row) for row in rows], next_cursor=next_cursor)
