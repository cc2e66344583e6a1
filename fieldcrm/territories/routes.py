"""URLs of coverage, and of the maps to pass on."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.fast_json import dumps
from fieldcrm.territories import maps, service
from fieldcrm.territories.schemas import CoverageOut, CoverageQuery, MapDraft, MapOut

bp = APIBlueprint("territories", __name__)


@bp.get("/api/coverage")
@endpoint("team.read", query=CoverageQuery, answer=CoverageOut)
def coverage(*, actor: Actor, query: CoverageQuery) -> Response:
    """Coverage by owner and by municipality over a period; 304 while nothing has changed."""
    session = db.session()
    tag = service.get_freshness(session, actor, **_of(query))
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        found = service.count(session, actor, **_of(query))
        response = Response(dumps(service.coverage_json(found)), content_type="application/json")
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/api/coverage/maps")
@endpoint("coverage.export", body=MapDraft, answer=MapOut, status=202)
def order_map(*, actor: Actor, body: MapDraft) -> MapOut:
    """Begin to make a map to pass on: one HTML file that opens without a network."""
    return maps.order_map(db.session(), actor, days=body.days, rank=body.rank, locale=body.locale)


@bp.get("/api/coverage/maps/<uuid:job_id>")
@endpoint("coverage.export", answer=MapOut)
def map_progress(*, actor: Actor, job_id: uuid.UUID) -> MapOut:
    """How far the map is."""
    return maps.map_out(maps.get_map(db.session(), actor, job_id), actor)


@bp.get("/api/coverage/maps/<uuid:job_id>/file")
@endpoint("coverage.export")
@details(media_type="text/html")
def map_file(*, actor: Actor, job_id: uuid.UUID) -> Response:
    """The map itself, to be saved; only to who ordered it."""
    return maps.serve_map(db.session(), actor, job_id)


def _of(query: CoverageQuery) -> dict[str, Any]:
    return {"days": query.days, "owner": query.owner, "rank": query.rank}
