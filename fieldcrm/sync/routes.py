"""URLs of sync: the first load, what changed since, and the clock that tells whether anything did."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.sync import following
from fieldcrm.sync.pull import pull
from fieldcrm.sync.reach import reach_of, read_clock
from fieldcrm.sync.schemas import Changes, ClockOut, PullQuery, Snapshot, SnapshotQuery
from fieldcrm.sync.snapshot import snapshot

__all__ = ["bp", "following"]

bp = APIBlueprint("sync", __name__)


@bp.get("/api/sync/snapshot")
@endpoint("sync.pull", query=SnapshotQuery, answer=Snapshot)
def read_snapshot(*, actor: Actor, query: SnapshotQuery) -> Response:
    """Return a part of everything the person's phone holds, as columns."""
    text = snapshot(db.session(), actor, query)
    return Response(text, mimetype="application/json", headers={"Cache-Control": "private, no-store"})


@bp.get("/api/sync/pull")
@endpoint("sync.pull", query=PullQuery, answer=Changes)
def pull_changes(*, actor: Actor, query: PullQuery) -> Response:
    """Return what changed; 304 when the phone has everything."""
    session = db.session()
    now = read_clock(session, actor)
    etag = _etag(actor, now)
    if query.cursor == now and _is_known(etag):
        return _stamped(Response(status=304), etag)
    changes = pull(session, actor, cursor=query.cursor, now=now, reach=query.reach, limit=query.limit)
    return _stamped(jsonify(changes), etag)


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
    return f"{now}-{reach_of(actor)}"


def _is_known(etag: str) -> bool:
    # Compression appends its name to the mark it sends out.
    known: Any = request.if_none_match.as_set(include_weak=True)
    return any(tag.split(":")[0] == etag for tag in known)


def _stamped(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
