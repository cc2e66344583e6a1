"""URLs of what phones send."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from fieldcrm.core.actor import Actor
from fieldcrm.core.endpoint import endpoint
from fieldcrm.sync.push import push
from fieldcrm.sync.push_schemas import Push, PushAnswer

bp = APIBlueprint("sync_push", __name__)


@bp.post("/api/sync/push")
@endpoint("sync.push", body=Push, answer=PushAnswer, is_stepwise=True)
def push_operations(*, actor: Actor, body: Push) -> dict[str, Any]:
    """Apply what a phone recorded, oldest first; each operation has a result of its own."""
    return push(actor, body)
