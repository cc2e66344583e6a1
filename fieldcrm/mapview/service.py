"""The room's face: one tile of accounts as one person sees it, and the mark of its freshness."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fieldcrm.accounts.filters import visited_since
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import read_clock
from fieldcrm.core.errors import NotFound
from fieldcrm.core.geo import quadkey
from fieldcrm.identity.policy import Scope, scope_of
from fieldcrm.mapview import mvt, queries
from fieldcrm.mapview.rules import (
    EXTENT,
    LONE_POINT_ZOOM,
    POINT_ZOOM,
    ROLL_UP_ZOOM,
    CellSum,
    Cluster,
    Criteria,
    Reach,
    Tile,
    clusters_of,
)
from fieldcrm.mapview.schemas import TileQuery
from fieldcrm.mapview.shelf import Shelf

_FORMAT = 1
"""Raised when what a tile holds changes, so that no browser keeps an old one."""


def get_tile(z: int, x: int, y: int) -> Tile:
    """Return the tile, or raise NotFound when the map has none there."""
    tile = Tile(z, x, y)
    if not tile.is_on_map:
        raise NotFound()
    return tile


def criteria_of(actor: Actor, query: TileQuery) -> Criteria:
    """Return what ``actor`` asks for, within what they may see."""
    owner = actor.user_id if query.owner == "me" else query.owner
    today = clock.local_date(clock.now(), actor.timezone)

    def since(days: int | None) -> datetime | None:
        return None if days is None else visited_since(today, days, actor.timezone)

    return Criteria(
        today=today,
        reach=reach_of(actor),
        statuses=tuple(sorted(set(query.status))),
        owner_id=owner if isinstance(owner, uuid.UUID) else None,
        is_unowned=query.owner == "none",
        team_ids=tuple(sorted(set(query.team))),
        is_overdue=query.overdue,
        is_never_visited=query.never_visited,
        visited_since=since(query.visited_within_days),
        covered_since=since(query.covered_within_days),
        municipality_code=None if query.municipality == "none" else query.municipality,
        is_outside=query.municipality == "none",
        win_min=query.win_min,
        win_max=query.win_max,
        kind=query.kind,
        rank=query.rank,
        tag=query.tag,
    )


def reach_of(actor: Actor) -> Reach | None:
    """Return how far the actor sees on the map; None for the whole organisation."""
    scope = scope_of(actor, "mapview.read")
    if scope is Scope.ALL:
        return None
    return Reach(actor.user_id, tuple(sorted(actor.team_ids)) if scope is Scope.TEAM else ())


def get_freshness(session: Session, actor: Actor, criteria: Criteria) -> str:
    """Return a tag that changes with the organisation's data, the day, and what is asked for.

    It is read before the tile, so that a tile may be newer than its tag but never older.
    """
    digest = hashlib.sha256(f"{_FORMAT} {actor.org_id} {criteria!r}".encode()).hexdigest()[:16]
    return f"{read_clock(session, actor.org_id)}-{digest}"


def encode_tile(session: Session, actor: Actor, tile: Tile, criteria: Criteria, *, shelf: Shelf) -> bytes:
    """Return the tile's layers ``accounts`` and ``clusters``; empty when nobody is there."""
    if tile.z >= POINT_ZOOM:
        return queries.encode_points(session, actor.org_id, tile, criteria)
    clusters = clusters_of(_list_cells(session, actor, tile, criteria, shelf=shelf))
    points = _lone_points(session, actor, tile, criteria, clusters=clusters)
    shown = [cluster for cluster in clusters if cluster.cell not in points]
    places = tile.places(cluster.middle for cluster in shown)
    donuts = [(*place, cluster.properties) for place, cluster in zip(places, shown, strict=True)]
    layers = mvt.encode_layer("accounts", points.values(), extent=EXTENT)
    return layers + mvt.encode_layer("clusters", donuts, extent=EXTENT)


def _list_cells(
    session: Session, actor: Actor, tile: Tile, criteria: Criteria, *, shelf: Shelf
) -> list[CellSum]:
    """Choose the way that is fast for this tile; all of them give the same sums."""
    if criteria.is_everything and tile.z <= ROLL_UP_ZOOM:
        return queries.list_cells_of_roll_up(session, actor.org_id, tile)
    columns = shelf.find(session, actor)
    if columns is not None:
        return columns.list_cells(session, tile, criteria)
    return queries.list_cells_by_quadkey(session, actor.org_id, tile, criteria)


def _lone_points(
    session: Session, actor: Actor, tile: Tile, criteria: Criteria, *, clusters: list[Cluster]
) -> dict[int, mvt.Feature]:
    quadkeys = [quadkey(*cluster.middle) for cluster in clusters if cluster.n == 1]
    if not quadkeys or tile.z < LONE_POINT_ZOOM:
        return {}
    found = queries.list_lone_accounts(session, actor.org_id, tile, quadkeys=quadkeys, criteria=criteria)
    places = tile.places((one.lon, one.lat) for one in found)
    return {one.cell: (*place, one.properties) for place, one in zip(places, found, strict=True)}
