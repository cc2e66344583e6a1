"""What is not a tile's time: unchanged tiles, the first look of a process, the indexes that are used."""

import json
import time
from functools import partial
from typing import Any
from urllib.parse import quote

import psycopg
from flask import Flask

from bench import replay
from bench.browser import Browser
from bench.harness import Suite, at_least, at_most, percentile
from bench.places import CITIES
from bench.tiles import statement_of
from fieldcrm.core.actor import Actor
from fieldcrm.mapview import service
from fieldcrm.mapview.rules import Tile
from fieldcrm.mapview.schemas import TileQuery

TOKYO_Z10 = "/api/tiles/accounts/10/909/403.mvt"
JAPAN_Z5 = "/api/tiles/accounts/5/28/12.mvt"
READY_WITHIN_S = 30
SEARCHED = (
    "若葉佐藤クリニック",
    "すずき",
    "ｻﾄｳ",
    "港区田中町3-1",
    "03-1000-07",
    "やまもと",
    "大手病院",
    "重点",
    "K0000123",
)


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


def measure_nearest(suite: Suite, app: Flask, browser: Browser) -> None:
    """Record the twenty nearest accounts from places all over Japan."""
    places = [(lon, lat) for lon, lat, _ in CITIES] * 4
    requests = [f"/api/accounts/nearest?lon={lon + n / 700}&lat={lat}" for n, (lon, lat) in enumerate(places)]
    _measure(suite, app, browser, name="nearest 20 p95", requests=requests, limit_ms=5)


def measure_search(suite: Suite, app: Flask, browser: Browser) -> None:
    """Record each letter of what people type: names, readings, addresses, telephone numbers."""
    typed = [word[: n + 1] for word in SEARCHED for n in range(len(word))]
    requests = [f"/api/accounts?limit=20&q={quote(text)}" for text in typed]
    _measure(suite, app, browser, name="search as you type p95", requests=requests * 2, limit_ms=30)


def _measure(
    suite: Suite, app: Flask, browser: Browser, *, name: str, requests: list[str], limit_ms: float
) -> None:
    """Record requests against their own SQL through psycopg."""
    ours, theirs = [], []
    with replay.connect(app) as bare:
        for at, request in enumerate(requests):
            browser.get(request)
            answer = browser.get(request)
            assert answer.status == 200, answer
            ours.append(answer.ms)
            if at % 4 == 0:
                statements = replay.statements_of(app, partial(browser.get, request))
                theirs.append(replay.replay_ms(bare, statements))
    suite.record(name, percentile(ours, 0.95), "ms", bar=at_most(limit_ms), baseline=percentile(theirs, 0.95))


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
