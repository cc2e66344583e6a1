"""URL of the embedded basemap's tiles: the same for every organisation, kept by phones for a day."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.errors import NotFound
from fieldcrm.geocoding.basemap_tiles import basemap_tile, basemap_version

TILE_TYPE = "application/vnd.mapbox-vector-tile"
# A tile from before the basemap was built must not stay on a phone for a day.
_KEPT = "public, max-age=86400, stale-while-revalidate=604800"
_UNBUILT = "no-store"

bp = APIBlueprint("basemap", __name__)


@bp.get("/api/tiles/basemap/<int:z>/<int:x>/<int:y>.mvt")
@endpoint("geocoding.read")
@details(media_type=TILE_TYPE)
def tile(*, actor: Actor, z: int, x: int, y: int) -> Response:  # noqa: ARG001 - the same for everybody
    """Areas, borders and place names of one map tile; empty at sea; 304 while nothing was rebuilt."""
    session = db.session()
    version = basemap_version(session)
    if version and request.if_none_match.contains_weak(version):
        response = Response(status=304)
    else:
        try:
            content = basemap_tile(session, z, x, y)
        except ValueError:
            raise NotFound from None
        response = Response(content, content_type=TILE_TYPE)
    if version:
        response.set_etag(version, weak=True)
    response.headers["Cache-Control"] = _KEPT if version else _UNBUILT
    return response
