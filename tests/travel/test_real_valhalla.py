"""The real Valhalla, on the real extract: its answers are read rightly; one lost place spoils no other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

from fieldcrm.config import Settings
from fieldcrm.travel import rules, service
from tests.conftest import ROOT
from tests.travel.conftest import near
from tests.travel.valhalla_engine import valhalla, valhalla_home

FAR_OFF = (-76.0, 40.3)
"""Sixty kilometres east of the extract: Valhalla refuses the whole table for it."""


@pytest.fixture(scope="module")
def app(harrisburg: Path) -> Iterator[Flask]:
    home = valhalla_home(ROOT / ".local" / "valhalla-of-tests")
    # The path of a socket must be short.
    with (
        tempfile.TemporaryDirectory(prefix="valhalla") as scratch,
        valhalla(home, harrisburg / "harrisburg.osm.pbf", Path(scratch)) as url,
    ):
        app = Flask("travel")
        app.extensions["settings"] = Settings(valhalla_url=url, roads_timeout_s=60)
        yield app


def test_its_matrix_is_near_that_of_osrm(app: Flask, stored: dict[str, Any]) -> None:
    points = stored["pts"][:20]
    with app.app_context():
        found = service.matrix(points)
        on_foot = service.matrix(points, mode="walking")
    assert (found.source, found.is_estimated) == ("valhalla", False)
    theirs = np.array(stored["dist"])[:20, :20]
    apart = ~np.eye(20, dtype=bool)
    ratios = np.array(found.distances_m)[apart] / theirs[apart]
    # Another engine, other preferences, the same roads: in metres and seconds, not in kilometres and minutes.
    assert np.median(ratios) == pytest.approx(1.0, abs=0.02)
    times = (np.array(found.durations_s) - rules.STOP_S["car"])[apart] / np.array(stored["dur"])[:20, :20][
        apart
    ]
    assert 0.6 < np.median(times) < 1.2
    assert np.mean(on_foot.durations_s) > 3 * np.mean(found.durations_s)


def test_a_place_it_refuses_is_estimated_and_the_others_are_not(app: Flask, stored: dict[str, Any]) -> None:
    points = [*stored["pts"][:3], FAR_OFF]
    with app.app_context():
        found, known = service.matrix(points), service.matrix(points[:3])
        drawn = service.line(points)
    assert (found.source, found.is_estimated, known.is_estimated) == ("valhalla", True, False)
    assert [row[:3] for row in found.durations_s[:3]] == known.durations_s
    assert found.durations_s[0][3] == rules.estimate(points[0], FAR_OFF).duration_s
    assert drawn.is_estimated


def test_a_line_follows_the_roads(app: Flask, stored: dict[str, Any]) -> None:
    points = stored["pts"][:5]
    with app.app_context():
        drawn = service.line(points)
        long_day = service.line(stored["pts"][:30])
    assert (drawn.source, drawn.is_estimated) == ("valhalla", False)
    assert all(any(near(stop, place) for place in drawn.coordinates) for stop in points)
    length_m = sum(map(rules.great_circle_m, drawn.coordinates, drawn.coordinates[1:]))
    assert length_m == pytest.approx(sum(stored["dist"][index][index + 1] for index in range(4)), rel=0.05)
    assert not long_day.is_estimated, "more stops than it takes at once"
