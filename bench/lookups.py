"""What is not a tile's time: unchanged tiles, the first look of a process, the indexes that are used."""

import json
import time
from typing import Any

import psycopg
from flask import Flask

from bench.browser import Browser
from bench.harness import Suite, at_least, at_most, percentile
from bench.tiles import statement_of
from fieldcrm.core.actor import Actor
from fieldcrm.mapview import service
from fieldcrm.mapview.rules import Tile
from fieldcrm.mapview.schemas import TileQuery

TOKYO_Z10 = "/api/tiles/accounts/10/909/403.mvt"
JAPAN_Z5 = "/api/tiles/accounts/5/28/12.mvt"
READY_WITHIN_S = 30


def measure_unchanged(suite: Suite, browser: Browser) -> None:
    """Record how long it takes to say that nothing has changed."""
    tag = browser.get(TOKYO_Z10).headers["ETag"]
    asked = [browser.get(TOKYO_Z10, headers={"If-None-Match": tag}) for _ in range(300)]
    assert all(answer.status == 304 for answer in asked)
    suite.record("tile 304 p95", percentile([answer.ms for answer in asked], 0.95), "ms", bar=at_most(3))


def measure_cold_start(suite: Suite, browser: Browser) -> None:
    """Record the first filtered look at all of Japan of a fresh process, and when columns are ready."""
    browser.get("/api/tiles/accounts/14/14552/6451.mvt")
    started = time.perf_counter()
    first = browser.get(JAPAN_Z5, query={"win_min": "10"})
    suite.record("first filtered tile of a process", first.ms, "ms", bar=at_most(500))
    shelf: Any = browser.app.extensions["mapview.shelf"]
    while not shelf.holds(browser.actor.org_id) and time.perf_counter() - started < READY_WITHIN_S:
        time.sleep(0.005)
    suite.record("300,000 accounts in columns", time.perf_counter() - started, "s", bar=at_most(5))


def measure_plans(suite: Suite, app: Flask, actor: Actor) -> None:
    """Record for each kind of tile whether the database uses the index that was made for it."""
    asked: list[tuple[str, Tile, dict[str, Any], str, str]] = [
        ("roll-up", Tile(5, 28, 12), {}, "account_cells_pk", "Index Scan"),
        ("quadkey range", Tile(11, 1818, 806), {}, "accounts_tile_ix", "Index Only Scan"),
        ("filtered", Tile(10, 909, 403), {"overdue": True}, "accounts_tile_ix", "Index Only Scan"),
        ("points", Tile(15, 29104, 12903), {}, "accounts_place_ix", "Index Scan"),
    ]
    with psycopg.connect(app.extensions["settings"].database_url) as connection:
        connection.execute(f"set local app.org_id = '{actor.org_id}'")
        for name, tile, query, index, node in asked:
            criteria = service.criteria_of(actor, TileQuery.model_validate(query))
            found = plan_of(connection, *statement_of(actor.org_id, tile, criteria))
            uses = any(n.get("Index Name") == index and n["Node Type"] == node for n in found)
            suite.record(f"plan of {name}: {node} on {index}", float(uses), "yes/no", bar=at_least(1))


def plan_of(connection: psycopg.Connection, statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes of a statement's plan."""
    row = connection.execute(f"explain (format json) {statement}", given).fetchone()
    assert row
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return _nodes(plan[0]["Plan"])


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("Plans", ()) for inner in _nodes(child))]
