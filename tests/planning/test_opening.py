"""When a visit may begin: the shared cases, which the phone counts as well."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fieldcrm.planning.opening import Assumed, Day, windows_of

CASES = json.loads((Path(__file__).parents[1] / "cases" / "windows.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["why"]))
def test_windows_are_what_the_shared_cases_say(case: dict[str, Any]) -> None:
    days = [Day(**{**day, "date": date.fromisoformat(day["date"])}) for day in case["days"]]
    found = windows_of(case["hours"], days, Assumed(**CASES["assumed"]), service_s=case["service_s"])
    assert found == [tuple(window) for window in case["windows"]]
