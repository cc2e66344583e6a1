"""The problem as JSON, and what is refused."""

import json
from typing import Any

import pytest

from fieldcrm.planning.problem import InvalidProblem, Problem


def wire(**changes: Any) -> dict[str, Any]:
    """Return a small valid problem as JSON data."""
    data: dict[str, Any] = {
        "points": [[139.7, 35.68], [139.71, 35.69]],
        "durations": [[0, 600.4], [599.6, 0]],
        "distances": None,
        "stops": [{"id": "a", "point": 1, "service_s": 1800, "windows": [[32400, 43200]], "value": 50}],
        "days": [
            {"id": "d", "start": 0, "end": None, "shift": [30600, 64800], "breaks": [[41400, 48600, 2700]]}
        ],
    }
    return data | changes


def test_a_problem_survives_json() -> None:
    problem = Problem.from_json(wire())
    assert Problem.from_json(json.loads(json.dumps(problem.to_json()))) == problem


def test_fractions_of_seconds_are_rounded_not_cut() -> None:
    assert Problem.from_json(wire()).durations == ((0, 600), (600, 0))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"durations": [[0, 1]]}, "durations"),
        ({"distances": [[0, -1], [1, 0]]}, "distances"),
        ({"stops": wire()["stops"] * 2}, "stops"),
        ({"stops": [wire()["stops"][0] | {"point": 2}]}, "stops[0].point"),
        ({"stops": [wire()["stops"][0] | {"value": 101}]}, "stops[0].value"),
        ({"stops": [wire()["stops"][0] | {"service_s": -1}]}, "stops[0].service_s"),
        ({"stops": [wire()["stops"][0] | {"windows": [[9, 8]]}]}, "stops[0].windows"),
        ({"stops": [wire()["stops"][0] | {"windows": [[1, 9], [9, 12]]}]}, "stops[0].windows"),
        ({"days": [wire()["days"][0] | {"shift": [9, 8]}]}, "days[0].shift"),
        ({"days": [wire()["days"][0] | {"end": -1}]}, "days[0].end"),
    ],
)
def test_a_contradiction_is_named_where_it_stands(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        Problem.from_json(wire(**changes))
    assert caught.value.where == where
