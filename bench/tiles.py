"""Tiles of accounts at every zoom: time through the application, against its SQL through psycopg."""

import random
from typing import Any, NamedTuple

import psycopg
from flask import Flask

from bench import replay
from bench.browser import Browser
from bench.harness import Suite, at_most, percentile
from bench.replay import Statement
from fieldcrm.mapview import queries, service
from fieldcrm.mapview.predicates import where
from fieldcrm.mapview.rules import POINT_ZOOM, ROLL_UP_ZOOM, Criteria, Tile
from fieldcrm.mapview.schemas import TileQuery

ZOOMS = range(4, 17)
TILES = 40
"""Tiles a zoom: those of accounts drawn at random, so that cities come as often as people look at them."""
BASELINES = 12
"""Of how many of them the bare SQL is timed, in between."""
FILTERS: dict[str, dict[str, Any]] = {
    "status": {"status": [1, 3]},
    "overdue": {"overdue": "1"},
    "win range": {"win_min": "10", "win_max": "90"},
    "tag": {"tag": "重点"},
    "kind": {"kind": "company"},
    "never visited": {"never_visited": "1"},
    "several": {"status": [1, 2, 4], "overdue": "1", "win_min": "30"},
}


class Times(NamedTuple):
    """Milliseconds of one zoom: every tile, and those of which the bare SQL was timed too, in pairs."""

    ours: list[float]
    pairs: list[tuple[float, float]]

    @property
    def p95(self) -> float:
        """Return the application's p95."""
        return percentile(self.ours, 0.95)


class TileBench:
    """Times the tiles of one person."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self._browser = browser
        self._bare = replay.connect(app)
        self._org_id = browser.actor.org_id
        self._bare.execute(f"set app.org_id = '{self._org_id}'")
        self._tiles = {zoom: _draw_tiles(self._bare, self._org_id, zoom, seed=zoom) for zoom in ZOOMS}
        self._bare.commit()
        # Who is asking, and the clock: what comes before the tile itself.
        tag = browser.get(_url(Tile(22, 0, 0))).headers["ETag"]
        self._entry = replay.statements_of(
            app, lambda: browser.get(_url(Tile(22, 0, 0)), headers={"If-None-Match": tag})
        )

        # As a process that has served for a while: what it does for the first time is measured apart.
        for zoom in ZOOMS:
            for tile in _draw_tiles(self._bare, self._org_id, zoom, seed=100 + zoom):
                self._ask(tile, {})
        self._bare.commit()

    def time_zooms(self, query: dict[str, Any]) -> dict[int, Times]:
        """Return the times of every zoom under these filters."""
        criteria = service.criteria_of(self._browser.actor, TileQuery.model_validate(query))
        return {zoom: self._time_zoom(zoom, query, criteria) for zoom in ZOOMS}

    def close(self) -> None:
        """Leave the database."""
        self._bare.close()

    def _time_zoom(self, zoom: int, query: dict[str, Any], criteria: Criteria) -> Times:
        for tile in self._tiles[zoom][:3]:
            self._ask(tile, query)
        times = Times([], [])
        for at, tile in enumerate(self._tiles[zoom]):
            times.ours.append(self._ask(tile, query))
            if at % (TILES // BASELINES) == 0:
                statements = [*self._entry, statement_of(self._org_id, tile, criteria)]
                times.pairs.append((times.ours[-1], replay.replay_ms(self._bare, statements)))
        return times

    def _ask(self, tile: Tile, query: dict[str, Any]) -> float:
        answer = self._browser.get(_url(tile), query=query)
        assert answer.status in (200, 204), answer
        return answer.ms


def measure_unfiltered(suite: Suite, bench: TileBench, *, who: str, is_large: bool) -> None:
    """Record each zoom, and the whole against its SQL (with a bar where there is work for the database)."""
    times = bench.time_zooms({})
    for zoom, found in times.items():
        _record(suite, f"tile z{zoom} p95, {who}", found)
    _record_ratio(suite, f"tiles of all zooms, mean, {who}", list(times.values()), is_judged=is_large)


def measure_filtered(
    suite: Suite, bench: TileBench, *, who: str, is_large: bool, filters: dict[str, dict[str, Any]]
) -> None:
    """Record each filter at its slowest zoom, each zoom under its slowest filter, and the whole."""
    times = {name: bench.time_zooms(query) for name, query in filters.items()}
    for name, zooms in times.items():
        slowest = max(ZOOMS, key=lambda zoom: zooms[zoom].p95)
        _record(suite, f"tile p95, {who}: {name}, slowest zoom z{slowest}", zooms[slowest])
    for zoom in ZOOMS:
        slow = max(times, key=lambda name: times[name][zoom].p95)
        _record(suite, f"tile z{zoom} p95, {who}: slowest filter {slow}", times[slow][zoom])
    everything = [found for zooms in times.values() for found in zooms.values()]
    _record_ratio(suite, f"filtered tiles of all zooms, mean, {who}", everything, is_judged=is_large)


def statement_of(org_id: int, tile: Tile, criteria: Criteria) -> Statement:
    """Return the statement that answers a tile without the application, and its parameters."""
    conditions, given = where(criteria)
    if tile.z >= POINT_ZOOM:
        return queries.points_statement(conditions), given | queries.box(org_id, tile)
    given |= queries.quadkey_range(org_id, tile)
    if criteria.is_everything and tile.z <= ROLL_UP_ZOOM:
        return queries.ROLL_UP, given
    return queries.cells_statement(conditions), given


def _record(suite: Suite, name: str, times: Times) -> None:
    baseline = percentile([bare for _, bare in times.pairs], 0.95)
    suite.record(name, times.p95, "ms", bar=at_most(50), baseline=baseline)


def _record_ratio(suite: Suite, name: str, times: list[Times], *, is_judged: bool) -> None:
    """Record the mean of the pairs: each zoom counts the same, and so does each filter."""
    pairs = [pair for one in times for pair in one.pairs]
    ours, bare = (sum(one[side] for one in pairs) / len(pairs) for side in (0, 1))
    suite.record(name, ours, "ms", baseline=bare, ratio_bar=at_most(1.5) if is_judged else None)


def _draw_tiles(connection: psycopg.Connection, org_id: int, zoom: int, *, seed: int) -> list[Tile]:
    keys = connection.execute(
        "select qk from accounts where org_id = %s and qk is not null order by id limit 4000", (org_id,)
    ).fetchall()
    drawn = random.Random(seed).sample([key for (key,) in keys], TILES)  # noqa: S311 - not a secret
    shift = 20 - zoom
    return [
        Tile(zoom, _every_second_bit(key) >> shift, _every_second_bit(key >> 1) >> shift) for key in drawn
    ]


def _every_second_bit(key: int) -> int:
    return sum((key >> 2 * bit & 1) << bit for bit in range(20))


def _url(tile: Tile) -> str:
    return f"/api/tiles/accounts/{tile.z}/{tile.x}/{tile.y}.mvt"
