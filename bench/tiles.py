"""Tiles of accounts at every zoom: time through the application, against its bare SQL through psycopg."""

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from flask import Flask

from bench.browser import Browser
from bench.harness import Suite, at_most, percentile
from fieldcrm.core.actor import Actor
from fieldcrm.mapview import queries, service
from fieldcrm.mapview.predicates import where
from fieldcrm.mapview.rules import POINT_ZOOM, ROLL_UP_ZOOM, Criteria, Tile
from fieldcrm.mapview.schemas import TileQuery

ZOOMS = range(4, 17)
TILES = 40
"""Tiles a zoom: those of accounts drawn at random, so that cities come as often as people look at them."""
REPEATS = 3
FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "status": {"status": [1, 3]},
    "overdue": {"overdue": "1"},
    "win range": {"win_min": "10", "win_max": "90"},
    "tag": {"tag": "重点"},
    "kind": {"kind": "company"},
    "never visited": {"never_visited": "1"},
    "several": {"status": [1, 2, 4], "overdue": "1", "win_min": "30"},
}


def draw_tiles(connection: psycopg.Connection, org_id: int, zoom: int) -> list[Tile]:
    """Return the tiles of some accounts of the organisation, the same in every run."""
    keys = connection.execute(
        "select qk from accounts where org_id = %s and qk is not null order by id limit 4000", (org_id,)
    ).fetchall()
    drawn = random.Random(zoom).sample([key for (key,) in keys], TILES)  # noqa: S311 - not a secret
    shift = 20 - zoom
    return [Tile(zoom, _half(key) >> shift, _half(key >> 1) >> shift) for key in drawn]


def _half(key: int) -> int:
    """Return every second bit of a Morton number."""
    return sum((key >> 2 * bit & 1) << bit for bit in range(20))


def measure(
    suite: Suite, app: Flask, browser: Browser, *, who: str, filters: dict[str, dict[str, Any]]
) -> None:
    """Record p95 for each filter and zoom, each judged by itself, and its ratio to the bare SQL."""
    bare = psycopg.connect(app.extensions["settings"].database_url)
    bare.execute("set jit = off")
    bare.execute(f"set app.org_id = '{browser.actor.org_id}'")
    bare.commit()
    tiles = {zoom: draw_tiles(bare, browser.actor.org_id, zoom) for zoom in ZOOMS}
    for name, query in filters.items():
        _measure_filter(suite, browser, bare, name=f"{who}, {name}", query=query, tiles=tiles)
    bare.close()


def _measure_filter(
    suite: Suite, browser: Browser, bare: psycopg.Connection, *, name: str, query: dict[str, Any],
    tiles: dict[int, list[Tile]],
) -> None:  # fmt: skip
    criteria = service.criteria_of(browser.actor, TileQuery.model_validate(query))
    for zoom in ZOOMS:
        for tile in tiles[zoom][:5]:
            _ask(browser, tile, query)
        ours, theirs = [], []
        for _ in range(REPEATS):
            for tile in tiles[zoom]:
                ours.append(_ask(browser, tile, query))
                theirs.append(_time(partial(bare_sql, bare, browser.actor, tile, criteria)))
        suite.record(
            f"tile z{zoom} p95 ({name})",
            percentile(ours, 0.95),
            "ms",
            bar=at_most(50),
            baseline=percentile(theirs, 0.95),
        )


def _ask(browser: Browser, tile: Tile, query: dict[str, Any]) -> float:
    answer = browser.get(f"/api/tiles/accounts/{tile.z}/{tile.x}/{tile.y}.mvt", query=query)
    assert answer.status in (200, 204), answer
    return answer.ms


def bare_sql(connection: psycopg.Connection, actor: Actor, tile: Tile, criteria: Criteria, /) -> int:
    """Run what the database alone would answer the tile with, in a transaction; return the rows."""
    statement, given = statement_of(actor.org_id, tile, criteria)
    with connection.transaction():
        connection.execute(f"set local app.org_id = '{actor.org_id}'")
        return len(connection.execute(statement, given).fetchall())


def statement_of(org_id: int, tile: Tile, criteria: Criteria) -> tuple[str, dict[str, Any]]:
    """Return the statement that answers a tile without the application, and its parameters."""
    conditions, given = where(criteria)
    if tile.z >= POINT_ZOOM:
        return queries.points_statement(conditions), given | queries.box(org_id, tile)
    given |= queries.quadkey_range(org_id, tile)
    if criteria.is_everything and tile.z <= ROLL_UP_ZOOM:
        return queries.ROLL_UP, given
    return queries.cells_statement(conditions), given


def _time(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000
