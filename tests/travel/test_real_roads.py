"""OSRM built here from the real extract: it answers as the matrix says that was computed elsewhere."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flask import Flask

from fieldcrm.config import Settings
from fieldcrm.travel import rules, service
from fieldcrm.travel.rules import Mode, Point
from tests.travel.conftest import MODES, near

PLACES = 150
TOKYO = (139.7671, 35.6812)


@pytest.fixture(scope="module")
def app(osrm_urls: dict[Mode, str]) -> Flask:
    """An application that asks the real engines; the size of a table is OSRM's own, 100."""
    app = Flask("travel")
    app.extensions["settings"] = Settings(
        osrm_url=osrm_urls["car"],
        osrm_bicycle_url=osrm_urls["bicycle"],
        osrm_walking_url=osrm_urls["walking"],
        roads_timeout_s=60,
    )
    return app


OFF_ROAD = {35, 47, 69, 147}
"""Of the first 150 places: across the river, 1.2 to 2.6 km from the next road that the extract has."""


def on_roads(stored: dict[str, Any], count: int) -> list[int]:
    return [index for index in range(count + len(OFF_ROAD)) if index not in OFF_ROAD][:count]


def test_our_matrix_is_the_stored_one_within_two_percent(app: Flask, stored: dict[str, Any]) -> None:
    points = stored["pts"][:PLACES]
    with app.app_context():
        found = service.matrix(points)
    estimate = service.matrix(points)
    assert (found.source, found.is_estimated) == ("osrm", True)
    crow_m = [[rules.great_circle_m(one, other) for other in points] for one in points]
    parking = np.where(np.array(crow_m) > rules.SAME_PLACE_M, rules.STOP_S["car"], 0)
    is_off = np.array([index in OFF_ROAD for index in range(PLACES)])
    on_road = ~is_off[:, None] & ~is_off[None, :]
    for ours, name, guessed in (
        (np.array(found.durations_s) - parking, "dur", np.array(estimate.durations_s) - parking),
        (np.array(found.distances_m), "dist", np.array(estimate.distances_m)),
    ):
        theirs = np.array(stored[name])[:PLACES, :PLACES]
        # Both are rounded to whole numbers.
        is_near = np.abs(ours - theirs) <= np.maximum(0.02 * theirs, 1)
        assert is_near[on_road].all(), f"{name}: {(~is_near[on_road]).sum()} pairs differ"
        assert (ours[~on_road] == guessed[~on_road]).all()


def test_each_mode_has_ways_of_its_own(app: Flask, stored: dict[str, Any]) -> None:
    points = stored["pts"][:20]
    with app.app_context():
        means = {mode: np.mean(service.matrix(points, mode=mode).durations_s) for mode in MODES}
        assert all(service.matrix(points, mode=mode).source == "osrm" for mode in MODES)
    assert means["car"] < means["bicycle"] < means["walking"]


def test_a_line_follows_the_roads_through_all_stops(app: Flask, stored: dict[str, Any]) -> None:
    points: list[Point] = stored["pts"][:5]
    with app.app_context():
        drawn = service.line(points)
    assert (drawn.source, drawn.is_estimated, drawn.credit) == ("osrm", False, "© OpenStreetMap contributors")
    assert len(drawn.coordinates) > 50
    assert all(any(near(stop, place) for place in drawn.coordinates) for stop in points)
    length_m = sum(map(rules.great_circle_m, drawn.coordinates, drawn.coordinates[1:]))
    road_m = sum(stored["dist"][index][index + 1] for index in range(4))
    assert length_m == pytest.approx(road_m, rel=0.02)


def test_more_stops_than_one_question_takes_make_one_line(app: Flask, stored: dict[str, Any]) -> None:
    order = on_roads(stored, 130)
    points: list[Point] = [stored["pts"][index] for index in order]
    with app.app_context():
        drawn = service.line(points)
    assert not drawn.is_estimated
    assert near(drawn.coordinates[0], points[0])
    assert near(drawn.coordinates[-1], points[-1])
    length_m = sum(map(rules.great_circle_m, drawn.coordinates, drawn.coordinates[1:]))
    road_m = sum(stored["dist"][one][other] for one, other in pairwise(order))
    assert length_m == pytest.approx(road_m, rel=0.02)


def test_a_place_off_the_map_is_estimated_and_the_others_are_not(app: Flask, stored: dict[str, Any]) -> None:
    points = [*stored["pts"][:3], TOKYO]
    with app.app_context():
        found = service.matrix(points)
        known = service.matrix(points[:3])
        drawn = service.line(points)
    assert found.is_estimated
    assert [row[:3] for row in found.durations_s[:3]] == known.durations_s
    assert found.durations_s[0][3] == rules.estimate(points[0], TOKYO).duration_s
    assert drawn.is_estimated
