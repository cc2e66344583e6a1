"""URLs of sync: the first load, what changed since, and the clock that tells whether anything did."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.ids import parse_id
from fieldcrm.core.problems import problem
from fieldcrm.identity.gate import end_this_session
from fieldcrm.sync import following, messages
from fieldcrm.sync.contact import Standing, meet
from fieldcrm.sync.devices import DeviceWiped
from fieldcrm.sync.pull import pull
from fieldcrm.sync.reach import reach_of
from fieldcrm.sync.schemas import Changes, ClockOut, PullQuery, Snapshot, SnapshotQuery
from fieldcrm.sync.snapshot import snapshot

__all__ = ["bp", "following", "messages"]

bp = APIBlueprint("sync", __name__)

_DEVICE = {"X-Device": "The id of the device that asks, if it is registered."}


@bp.get("/api/sync/snapshot")
@endpoint("sync.pull", query=SnapshotQuery, answer=Snapshot)
@details(problems=(410,), headers=_DEVICE, is_marked=False)
def read_snapshot(*, actor: Actor, query: SnapshotQuery) -> Response:
    """Return a part of everything the person's phone holds, as columns."""
    standing = _meet(actor)
    if standing.must_wipe:
        return _to_be_wiped(standing)
    text = snapshot(db.session(), actor, query, now=standing.clock)
    return Response(text, mimetype="application/json", headers={"Cache-Control": "private, no-store"})


@bp.get("/api/sync/pull")
@endpoint("sync.pull", query=PullQuery, answer=Changes)
@details(problems=(410,), headers=_DEVICE)
def pull_changes(*, actor: Actor, query: PullQuery) -> Response:
    """Return what changed; 304 when the phone has everything."""
    standing = _meet(actor)
    if standing.must_wipe:
        return _to_be_wiped(standing)
    now = standing.clock
    etag = _etag(actor, now)
    if query.cursor == now and _is_known(etag):
        return _stamped(Response(status=304), etag)
    changes = pull(db.session(), actor, cursor=query.cursor, now=now, reach=query.reach, limit=query.limit)
    return _stamped(jsonify(changes), etag)


@bp.get("/api/sync/clock")
@endpoint("sync.pull", answer=ClockOut)
@details(problems=(410,), headers=_DEVICE)
def show_clock(*, actor: Actor) -> Response:
    """Return the clock; 304 when it has not moved."""
    standing = _meet(actor)
    if standing.must_wipe:
        return _to_be_wiped(standing)
    etag = _etag(actor, standing.clock)
    if _is_known(etag):
        return _stamped(Response(status=304), etag)
    return _stamped(jsonify({"clock": standing.clock}), etag)


def _meet(actor: Actor) -> Standing:
    return meet(db.session(), actor, device_id=parse_id(request.headers.get("X-Device")))


def _to_be_wiped(standing: Standing) -> Response:
    """Answer 410. Not by raising: that the device was told stays written down."""
    if standing.has_had_its_time:
        end_this_session(db.session())
    return problem(DeviceWiped())


def _etag(actor: Actor, now: int) -> str:
    """Return the mark of a moment for what this person may see."""
    return f"{now}-{reach_of(actor)}"


def _is_known(etag: str) -> bool:
    # Compression appends its name to the mark it sends out.
    known: Any = request.if_none_match
    return any(tag.split(":")[0] == etag for tag in known.as_set(include_weak=True) if tag)


def _stamped(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
