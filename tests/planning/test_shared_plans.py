"""The cases of tests/cases/plans.json, kept by the phone's planner too: what every good plan shares."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldcrm.planning.plan import Plan
from fieldcrm.planning.problem import Problem
from tests.planning.adding_back import untruths
from tests.planning.checker import faults

CASES = json.loads((Path(__file__).parent.parent / "cases" / "plans.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_shared_case_is_planned_as_it_says(case: dict[str, Any], plan: Callable[[Problem], Plan]) -> None:
    problem = Problem.from_json(case["problem"])
    made = plan(problem)
    assert not faults(problem, made)
    assert not untruths(problem, made)
    visited = [[stop.id for stop in day.stops] for day in made.days]
    if "visited" in case:
        is_free = case.get("in_any_order", False)
        assert ([sorted(ids) for ids in visited] if is_free else visited) == case["visited"]
    assert {*case.get("visits", [])} <= {one for ids in visited for one in ids}
    if "dropped" in case:
        assert {one.id: one.reason.code for one in made.dropped} == case["dropped"]
    if "dropped_codes" in case:
        assert [one.reason.code for one in made.dropped] == case["dropped_codes"]
    told = {"value": made.value, "drive_s": made.drive_s, "breaks": sum(len(day.breaks) for day in made.days)}
    assert {name: told[name] for name in told if name in case} == {
        name: case[name] for name in told if name in case
    }
