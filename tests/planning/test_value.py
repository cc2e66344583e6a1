"""What a visit is worth: the shared cases, and what no weight may turn round."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcrm.planning.value import DEFAULT_WEIGHTS, FACTORS, Facts, value_of

CASES = json.loads((Path(__file__).parents[1] / "cases" / "values.json").read_text(encoding="utf-8"))
ON = date.fromisoformat(CASES["on"])
_DAYS = ("due_on", "visited_on", "created_on", "promised_on")


def facts_of(told: dict[str, Any]) -> Facts:
    days = {name: date.fromisoformat(told[name]) for name in _DAYS if told.get(name)}
    return Facts(**{**told, **days})


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["why"]))
def test_the_value_is_what_the_shared_cases_say(case: dict[str, Any]) -> None:
    weights = case.get("weights", CASES["weights"])
    found = value_of(facts_of(case["facts"]), on=ON, ranks=CASES["ranks"], weights=weights)
    assert [part.share for part in found.parts] == case["parts"]
    assert found.value == case["value"]


def test_the_cases_are_counted_with_the_usual_weights() -> None:
    assert CASES["weights"] == DEFAULT_WEIGHTS
    assert set(DEFAULT_WEIGHTS) == set(FACTORS)


WEIGHTS = st.fixed_dictionaries({name: st.integers(0, 100) for name in FACTORS})
FACTS = st.builds(
    Facts,
    win_prob=st.none() | st.integers(0, 100),
    rank=st.none() | st.sampled_from("ABCDX"),
    cadence_days=st.none() | st.integers(1, 400),
    due_on=st.none() | st.dates(ON - timedelta(900), ON + timedelta(900)),
    visited_on=st.none() | st.dates(ON - timedelta(900), ON),
    created_on=st.dates(ON - timedelta(900), ON),
    promised_on=st.none() | st.dates(ON - timedelta(90), ON + timedelta(90)),
)


def _value(facts: Facts, weights: dict[str, int], on: date = ON) -> int:
    return value_of(facts, on=on, ranks=tuple("ABCD"), weights=weights).value


@settings(max_examples=60, deadline=None)
@given(FACTS, WEIGHTS)
def test_a_value_is_a_whole_number_from_0_to_100(facts: Facts, weights: dict[str, int]) -> None:
    assert 0 <= _value(facts, weights) <= 100


@settings(max_examples=60, deadline=None)
@given(FACTS, WEIGHTS)
def test_waiting_never_makes_a_visit_worth_less(facts: Facts, weights: dict[str, int]) -> None:
    days = [_value(facts, weights, ON + timedelta(days)) for days in (0, 1, 7, 40)]
    assert days == sorted(days)
