"""What an engine told is not asked again; tables are asked in pieces and put together rightly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcrm.travel.known_ways import KnownWays
from fieldcrm.travel.matrices import Table
from fieldcrm.travel.osrm import Osrm
from fieldcrm.travel.roads import Roads
from tests.travel.engine_server import EngineServer, engine_server, grid_m

POINTS = [(139.0 + index / 100, 35.0 + (index * 7 % 5) / 100) for index in range(9)]


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineServer]:
    with engine_server() as server:
        yield server


def roads_of(engine: EngineServer, *, table_size: int = 100, known: KnownWays | None = None) -> Roads:
    engine.tables.clear()
    osrm = Osrm(engine.url, mode="car", table_size=table_size)
    return Roads(osrm, most_stops=100, within_s=10, known=known or KnownWays())


def pairs(engine: EngineServer) -> list[tuple[int, int]]:
    return [(len(sources), len(targets)) for sources, targets in engine.tables]


def assert_right(told: Table, points: list[tuple[float, float]]) -> None:
    expected = [[grid_m(one, other) for other in points] for one in points]
    np.testing.assert_allclose(told.distances_m, expected, rtol=1e-6)
    np.testing.assert_allclose(told.durations_s, np.array(expected) / 10, rtol=1e-6)


def test_what_is_known_is_not_asked_again(engine: EngineServer) -> None:
    roads = roads_of(engine)
    assert_right(roads.table(POINTS), POINTS)
    assert_right(roads.table(POINTS[::-1]), POINTS[::-1])
    assert_right(roads.table(POINTS[2:5]), POINTS[2:5])
    assert pairs(engine) == [(9, 9)]


def test_a_new_place_asks_for_its_own_ways_alone(engine: EngineServer) -> None:
    roads = roads_of(engine)
    roads.table(POINTS[:8])
    assert_right(roads.table(POINTS), POINTS)
    assert pairs(engine) == [(8, 8), (1, 8), (8, 1)]


def test_two_places_that_never_met_ask_for_what_lies_between(engine: EngineServer) -> None:
    roads = roads_of(engine)
    roads.table(POINTS[:4])
    roads.table(POINTS[4:8])
    assert_right(roads.table(POINTS[:8]), POINTS[:8])
    assert roads.table(POINTS[:8]).durations_s.shape == (8, 8)
    assert len(engine.tables) == 3


@given(st.lists(st.sampled_from(POINTS), min_size=1, max_size=9), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_pieces_are_no_larger_than_an_engine_takes_and_make_the_whole(
    engine: EngineServer, points: list[tuple[float, float]], table_size: int
) -> None:
    roads = roads_of(engine, table_size=table_size)
    assert_right(roads.table(points), points)
    assert all(rows * columns <= table_size**2 for rows, columns in pairs(engine))


def test_memory_is_bounded_and_the_longest_unused_place_goes_first() -> None:
    known = KnownWays(most_places=3)
    a, b, c, d = POINTS[:4]
    ones = Table(np.ones((3, 3), dtype=np.float32), np.ones((3, 3), dtype=np.float32))
    known.learn([a, b, c], [a, b, c], ones)
    known.look_up([a])
    known.look_up([d])
    _, is_known = known.look_up([a, c, d])
    assert is_known.tolist() == [[True, True, False], [True, True, False], [False, False, False]]


def test_more_places_than_memory_holds_are_asked_each_time(engine: EngineServer) -> None:
    roads = roads_of(engine, known=KnownWays(most_places=4))
    assert_right(roads.table(POINTS), POINTS)
    assert_right(roads.table(POINTS), POINTS)
    assert pairs(engine) == [(9, 9), (9, 9)]


def test_what_is_known_is_forgotten_after_a_day() -> None:
    now = 0.0
    known = KnownWays(most_places=3, now=lambda: now)
    known.learn(
        POINTS[:1], POINTS[1:2], Table(np.ones((1, 1), dtype=np.float32), np.ones((1, 1), dtype=np.float32))
    )
    now = 86_400.0
    assert known.look_up(POINTS[:2])[1].any()
    now = 86_401.0
    told, is_known = known.look_up(POINTS[:2])
    assert not is_known.any()
    assert np.isnan(told.durations_s).all()


def test_that_there_is_no_way_is_known_as_well(engine: EngineServer) -> None:
    known = KnownWays()
    nothing = Table(np.full((1, 1), np.nan, dtype=np.float32), np.full((1, 1), np.nan, dtype=np.float32))
    known.learn(POINTS[:1], POINTS[1:2], nothing)
    known.learn(POINTS[1:2], POINTS[:1], nothing)
    assert np.isnan(roads_of(engine, known=known).table(POINTS[:2]).durations_s[0, 1])
    assert engine.tables == []


def test_what_is_not_told_in_time_is_left_out_and_told_the_next_time(engine: EngineServer) -> None:
    ticks = iter(range(0, 1000, 4))
    osrm = Osrm(engine.url, mode="car", table_size=3)
    roads = Roads(osrm, most_stops=100, within_s=10, now=lambda: next(ticks))
    first = np.isnan(roads.table(POINTS).durations_s).sum()
    second = np.isnan(roads.table(POINTS).durations_s).sum()
    assert 72 > first > second > 0
