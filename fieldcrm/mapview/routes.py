"""URLs of the map's tiles."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, request

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.mapview import service
from fieldcrm.mapview.schemas import TileQuery
from fieldcrm.mapview.shelf import Shelf

TILE_TYPE = "application/vnd.mapbox-vector-tile"

bp = APIBlueprint("mapview", __name__)


def install(app: Flask) -> None:
    """Give the application its shelf of columns."""
    app.extensions["mapview.shelf"] = Shelf(app)


@bp.get("/api/tiles/accounts/<int:z>/<int:x>/<int:y>.mvt")
@endpoint("mapview.read", query=TileQuery)
@details(media_type=TILE_TYPE, also=(204,))
def account_tile(*, actor: Actor, query: TileQuery, z: int, x: int, y: int) -> Response:
    """Accounts of one map tile: points near by, clusters from afar; 304 while nothing has changed."""
    tile = service.get_tile(z, x, y)
    criteria = service.criteria_of(actor, query)
    session = db.session()
    tag = service.get_freshness(session, actor, criteria)
    # What is compared is the content, whatever its compression: a weak tag.
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        shelf: Shelf = current_app.extensions["mapview.shelf"]
        content = service.encode_tile(session, actor, tile, criteria, shelf=shelf)
        response = Response(content, status=200 if content else 204, content_type=TILE_TYPE)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response
