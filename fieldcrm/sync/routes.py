"""URLs of sync: what changed, and the clock that tells whether anything did."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from pydantic import Field

from fieldcrm.accounts.schemas import AccountOut
from fieldcrm.accounts.settings_schemas import ContactOut
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.wire import Wire
from fieldcrm.sync.pull import pull, read_clock
from fieldcrm.visits.schemas import ActivityOut, TaskOut

bp = APIBlueprint("sync", __name__)


class PullQuery(Wire):
    """Where the phone is, and how much it takes at once."""

    cursor: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=5000)] = 2000


class Gone(Wire):
    """A row the phone must forget."""

    type: str
    id: str


class Changes(Wire):
    """What changed after the cursor, in the order of the change clock."""

    cursor: int
    more: bool
    accounts: list[AccountOut]
    activities: list[ActivityOut]
    contacts: list[ContactOut]
    tasks: list[TaskOut]
    gone: list[Gone]


class ClockOut(Wire):
    """The organisation's change clock."""

    clock: int


@bp.get("/api/sync/pull")
@endpoint("sync.pull", query=PullQuery, answer=Changes)
def pull_changes(*, actor: Actor, query: PullQuery) -> Response:
    """Return what changed; 304 when the phone has everything."""
    session = db.session()
    now = read_clock(session, actor)
    etag = _etag(actor, now)
    if query.cursor >= now and _is_known(etag):
        return _stamped(Response(status=304), etag)
    return _stamped(jsonify(pull(session, actor, cursor=query.cursor, limit=query.limit)), etag)


@bp.get("/api/sync/clock")
@endpoint("sync.pull", answer=ClockOut)
def show_clock(*, actor: Actor) -> Response:
    """Return the clock; 304 when it has not moved."""
    now = read_clock(db.session(), actor)
    etag = _etag(actor, now)
    if _is_known(etag):
        return _stamped(Response(status=304), etag)
    return _stamped(jsonify({"clock": now}), etag)


def _etag(actor: Actor, now: int) -> str:
    """Return the mark of a moment for what this person may see."""
    reach = ",".join([str(actor.user_id), actor.role, *sorted(map(str, actor.team_ids))])
    return f"{now}-{hashlib.sha256(reach.encode()).hexdigest()[:12]}"


def _is_known(etag: str) -> bool:
    # Compression appends its name to the mark it sends out.
    known: Any = request.if_none_match.as_set(include_weak=True)
    return any(tag.split(":")[0] == etag for tag in known)


def _stamped(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
