"""An engine that fails: the plan gets the estimate and says so, nobody sees an error, nobody waits twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from fieldcrm.config import Settings
from fieldcrm.travel import choosing, rules, service
from fieldcrm.travel.backing_off import FIRST_WAIT_S, LONGEST_WAIT_S, BackOff
from tests.travel.engine_server import EngineServer, engine_server, grid_m

POINTS = [(139.70, 35.68), (139.71, 35.69), (139.73, 35.66)]
ESTIMATE = service.matrix(POINTS)
PATIENCE_S = 0.3


@pytest.fixture
def engine() -> Iterator[EngineServer]:
    with engine_server() as server:
        yield server


def app_asking(**settings: Any) -> Flask:
    app = Flask("travel")
    app.extensions["settings"] = Settings(roads_timeout_s=PATIENCE_S, **settings)
    return app


def table(durations: Any, distances: Any) -> dict[str, Any]:
    return {"code": "Ok", "durations": durations, "distances": distances}


GOOD = [[0, 100, 200], [110, 0, 300], [210, 310, 0]]
FAULTS: dict[str, tuple[int, Any]] = {
    "an error of its own": (500, "Internal Server Error"),
    "not there now": (503, b""),
    "too much asked": (429, {"message": "slow down"}),
    "refused": (400, {"code": "InvalidQuery", "message": "no"}),
    "not found": (404, b"<html>404</html>"),
    "a web page": (200, b"<!doctype html><title>Sign in</title>"),
    "nothing": (200, b""),
    "half an answer": (200, b'{"code":"Ok","durations":[[0,1'),
    "no object": (200, []),
    "an empty object": (200, {}),
    "a failure that it calls an answer": (200, {"code": "NoTable"}),
    "an empty matrix": (200, table([], [])),
    "a matrix of another size": (200, table([[0, 1], [1, 0]], [[0, 1], [1, 0]])),
    "rows of different lengths": (200, table([[0, 1, 2], [1, 0], [2, 1, 0]], GOOD)),
    "no distances": (200, {"code": "Ok", "durations": GOOD}),
    "words for numbers": (200, table([["near"] * 3] * 3, GOOD)),
    "NaN": (200, b'{"code":"Ok","durations":[[NaN]],"distances":[[NaN]]}'),
    "nothing but unreachable pairs": (200, table([[None] * 3] * 3, [[None] * 3] * 3)),
    "numbers that cannot be": (200, table([[-1] * 3] * 3, [[1e30] * 3] * 3)),
    "an end without an answer": (0, b""),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("setting", ["osrm_url", "valhalla_url"])
def test_a_failing_engine_leaves_the_estimate(engine: EngineServer, fault: str, setting: str) -> None:
    status, body = FAULTS[fault]
    engine.will_answer(body, status=status)
    with app_asking(**{setting: engine.url}).app_context():
        assert service.matrix(POINTS) == ESTIMATE
        drawn = service.line(POINTS)
    assert engine.asked
    assert (drawn.coordinates, drawn.source, drawn.is_estimated) == (POINTS, "estimate", True)


@pytest.mark.parametrize("setting", ["osrm_url", "valhalla_url"])
def test_an_engine_that_hangs_is_waited_for_once(engine: EngineServer, setting: str) -> None:
    engine.will_hang()
    with app_asking(**{setting: engine.url}).app_context():
        started = time.monotonic()
        assert service.matrix(POINTS) == ESTIMATE
        assert service.matrix(POINTS) == ESTIMATE
        assert service.line(POINTS).is_estimated
        took_s = time.monotonic() - started
    assert len(engine.asked) == 1
    assert PATIENCE_S <= took_s < 20


def test_an_engine_that_is_not_there_leaves_the_estimate() -> None:
    with engine_server() as server:
        url = server.url
    with app_asking(osrm_url=url).app_context():
        assert service.matrix(POINTS) == ESTIMATE


def test_what_an_engine_cannot_reach_is_estimated_and_the_rest_is_not(engine: EngineServer) -> None:
    durations = [[0, 100, None], [110, 0, 300], [-5, 310, 0]]
    engine.will_answer(table(durations, GOOD))
    with app_asking(osrm_url=engine.url).app_context():
        found = service.matrix(POINTS)
    assert (found.source, found.is_estimated) == ("osrm", True)
    told = found.durations_s
    assert [told[0][1], told[1][0], told[1][2], told[2][1]] == [220, 230, 420, 430]
    assert [told[0][2], told[2][0]] == [ESTIMATE.durations_s[0][2], ESTIMATE.durations_s[2][0]]
    assert found.distances_m[0][2] == ESTIMATE.distances_m[0][2]


def test_a_place_that_was_moved_far_to_a_road_is_estimated(engine: EngineServer) -> None:
    used = [{"location": place} for place in (*POINTS[:2], (139.73, 35.68))]
    engine.will_answer({**table(GOOD, GOOD), "sources": used, "destinations": used})
    with app_asking(osrm_url=engine.url).app_context():
        found = service.matrix(POINTS)
    assert found.is_estimated
    assert found.durations_s[0][1] == 220
    assert found.durations_s[0][2] == ESTIMATE.durations_s[0][2]
    assert found.durations_s[2][1] == ESTIMATE.durations_s[2][1]


def test_a_refused_question_does_not_keep_others_from_asking(engine: EngineServer) -> None:
    engine.will_answer({"code": "InvalidQuery"}, status=400)
    with app_asking(osrm_url=engine.url).app_context():
        assert service.matrix(POINTS).is_estimated
        engine.answer = None
        assert not service.matrix(POINTS[:2]).is_estimated


def test_an_engine_that_failed_is_asked_again_after_a_while(engine: EngineServer) -> None:
    engine.will_answer(b"", status=500)
    with app_asking(osrm_url=engine.url).app_context():
        assert service.matrix(POINTS).is_estimated
        roads = choosing.roads_for("car")
        assert roads is not None
        engine.answer = None
        assert service.matrix(POINTS).is_estimated
        roads.back_off._until = 0.0
        assert not service.matrix(POINTS).is_estimated
    assert len(engine.asked) == 2


def test_a_failure_is_logged_without_the_places_that_were_asked_for(
    engine: EngineServer, caplog: pytest.LogCaptureFixture
) -> None:
    engine.will_answer(b"", status=500)
    with caplog.at_level(logging.DEBUG), app_asking(osrm_url=engine.url).app_context():
        service.matrix(POINTS)
    assert "osrm gave no answer: busy" in caplog.text
    assert "139.7" not in caplog.text


def test_waits_grow_and_end_with_an_answer() -> None:
    now = 0.0
    back_off = BackOff(now=lambda: now)
    assert back_off.may_ask()
    waits = []
    for _ in range(8):
        back_off.failed()
        begun = now
        while not back_off.may_ask():
            now += 1
        waits.append(now - begun)
        assert not back_off.may_ask(), "one asker tries it, the others go on without"
    assert waits[:3] == [FIRST_WAIT_S, 2 * FIRST_WAIT_S, 4 * FIRST_WAIT_S]
    assert waits[-1] == LONGEST_WAIT_S
    back_off.answered()
    assert back_off.may_ask()
    assert back_off.may_ask()


def test_an_engine_is_left_alone_as_long_as_it_asks_for() -> None:
    now = 0.0
    back_off = BackOff(now=lambda: now)
    back_off.failed(retry_after_s=90)
    now = 89.0
    assert not back_off.may_ask()
    now = 90.0
    assert back_off.may_ask()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "router:5000", "http://", "http://host/?key=1"])
def test_an_address_that_is_none_is_told_at_once(url: str) -> None:
    with pytest.raises(choosing.UnknownEngine):
        choosing.open_roads(Settings(osrm_url=url))


def test_each_mode_has_the_engine_that_the_settings_name() -> None:
    opened = choosing.open_roads(Settings(osrm_url="http://a", valhalla_url="http://b"))
    assert {mode: roads.source for mode, roads in opened.items()} == {
        "car": "osrm",
        "bicycle": "valhalla",
        "walking": "valhalla",
    }
    assert choosing.open_roads(Settings(osrm_walking_url="http://a")).keys() == {"walking"}


def test_by_default_no_engine_is_asked() -> None:
    assert choosing.open_roads(Settings(_env_file=None)) == {}


def test_parking_is_added_to_an_engines_time_but_not_at_the_same_place(engine: EngineServer) -> None:
    door = (139.7001, 35.68)
    with app_asking(osrm_url=engine.url).app_context():
        found = service.matrix([POINTS[0], POINTS[1], door, POINTS[0]])
    driving_s = round(grid_m(POINTS[0], POINTS[1]) / 10)
    assert found.durations_s[0] == [0, driving_s + rules.STOP_S["car"], 1, 0]
    assert not found.is_estimated
