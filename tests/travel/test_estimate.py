"""The estimate: the cases that bind the phone as well, and what must hold for any two places."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from geopy.distance import great_circle
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcrm.travel import matrices, rules, service

CASES = json.loads((Path(__file__).parents[1] / "cases" / "travel.json").read_text(encoding="utf-8"))
PLACES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
MODES: tuple[rules.Mode, ...] = ("car", "bicycle", "walking")
TOKYO, SHINJUKU = (139.7671, 35.6812), (139.7006, 35.6896)


def band_of(way: dict[str, Any]) -> rules.Band:
    return "day" if way["hour"] is None else rules.band_at(way["hour"])


@pytest.mark.parametrize("way", CASES["ways"], ids=lambda way: way["name"])
def test_shared_case(way: dict[str, Any]) -> None:
    found = rules.estimate(
        tuple(way["one"]), tuple(way["other"]), mode=way["mode"], band=band_of(way), factor=way["factor"]
    )
    assert found == rules.Way(way["duration_s"], way["distance_m"])


@pytest.mark.parametrize("case", CASES["bands"], ids=lambda case: str(case["hour"]))
def test_shared_band(case: dict[str, Any]) -> None:
    assert rules.band_at(case["hour"]) == case["band"]


@pytest.mark.parametrize("way", CASES["ways"], ids=lambda way: way["name"])
def test_a_matrix_holds_what_the_single_estimate_says(way: dict[str, Any]) -> None:
    found = matrices.estimated(
        [tuple(way["one"]), tuple(way["other"])],
        mode=way["mode"],
        band=band_of(way),
        factor=way["factor"],
    )
    assert (found.durations_s[0][1], found.distances_m[0][1]) == (way["duration_s"], way["distance_m"])
    assert (found.durations_s[1][0], found.distances_m[1][0]) == (way["duration_s"], way["distance_m"])


def test_across_a_town_as_computed_by_hand() -> None:
    # 6,079 m: 467 s + 2,579 m x 339 s / 4,000 m = 686 s, with 15 % 788 s, and 120 s to park;
    # 8,280 m + 79 m x 18,120 m / 14,000 m.
    crow_m = great_circle(TOKYO[::-1], SHINJUKU[::-1]).m
    assert crow_m == pytest.approx(6_079, abs=1)
    assert rules.estimate(TOKYO, SHINJUKU) == rules.Way(908, 8_381)


@given(PLACES, PLACES)
@settings(max_examples=200, deadline=None)
def test_great_circles_are_those_of_another_program(one: rules.Point, other: rules.Point) -> None:
    expected = great_circle(one[::-1], other[::-1]).m
    assert rules.great_circle_m(one, other) == pytest.approx(expected, rel=1e-5, abs=0.5)


@given(st.floats(0, 2e7), st.floats(0, 2e7), st.sampled_from(MODES))
@settings(max_examples=200, deadline=None)
def test_what_is_farther_takes_no_less(one_m: float, other_m: float, mode: rules.Mode) -> None:
    near, far = (
        rules.way_of(crow_m, mode=mode, band="day", factor=1.0) for crow_m in sorted((one_m, other_m))
    )
    assert near.duration_s <= far.duration_s
    assert near.distance_m <= far.distance_m


@given(st.lists(PLACES, max_size=6), st.sampled_from(MODES))
@settings(max_examples=50, deadline=None)
def test_any_places_get_a_whole_matrix_of_integers(points: list[rules.Point], mode: rules.Mode) -> None:
    found = matrices.estimated(points, mode=mode, band="morning", factor=1.0)
    for table in (found.durations_s, found.distances_m):
        assert [len(row) for row in table] == [len(points)] * len(points)
        assert all(type(value) is int and value >= 0 for row in table for value in row)
        assert all(table[i][i] == 0 for i in range(len(points)))


def test_time_of_day_is_that_of_the_given_local_moment() -> None:
    def at(moment: str | None) -> int:
        given = None if moment is None else datetime.fromisoformat(moment)
        return service.matrix([TOKYO, SHINJUKU], at=given).durations_s[0][1]

    assert at(None) == at("2026-11-30T12:00+09:00")
    assert (
        at("2026-11-30T23:00+09:00") < at(None) < at("2026-11-30T08:00+09:00") < at("2026-11-30T17:00+09:00")
    )


def test_without_an_engine_a_matrix_and_a_line_say_that_they_are_estimated() -> None:
    found = service.matrix([TOKYO, SHINJUKU])
    assert (found.source, found.is_estimated) == ("estimate", True)
    drawn = service.line([TOKYO, SHINJUKU])
    assert (drawn.coordinates, drawn.is_estimated) == ([TOKYO, SHINJUKU], True)
