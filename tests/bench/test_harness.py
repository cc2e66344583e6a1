"""The harness judges truly: a bar that is missed is missed."""

import json
from pathlib import Path

import pytest

from bench.harness import Suite, at_least, at_most, percentile, time_each


def test_a_missed_bar_fails_the_suite_and_is_written(tmp_path: Path) -> None:
    suite = Suite("sample", folder=tmp_path)
    suite.record("tile z4 p95", 51.0, "ms", bar=at_most(50))
    suite.record("rows", 5000, "rows/s", bar=at_least(3000))
    assert not suite.finish()
    first, second = json.loads((tmp_path / "sample.json").read_text())
    assert first == {
        "name": "tile z4 p95",
        "value": 51.0,
        "unit": "ms",
        "baseline": None,
        "ratio": None,
        "bar": "<= 50",
        "ok": False,
    }
    assert second["ok"] is True


def test_the_ratio_to_the_baseline_has_a_bar_of_its_own(tmp_path: Path) -> None:
    suite = Suite("sample", folder=tmp_path)
    slow = suite.record("tile", 16, "ms", bar=at_most(50), baseline=10, ratio_bar=at_most(1.5))
    fast = suite.record("tile", 14, "ms", bar=at_most(50), baseline=10, ratio_bar=at_most(1.5))
    assert (slow.ratio, slow.is_ok) == (1.6, False)
    assert fast.is_ok


def test_not_a_number_meets_no_bar(tmp_path: Path) -> None:
    suite = Suite("sample", folder=tmp_path)
    assert not suite.record("broken", float("nan"), "ms", bar=at_most(50)).is_ok
    assert not suite.record("broken", float("nan"), "rows/s", bar=at_least(1)).is_ok


def test_a_suite_that_measured_nothing_fails(tmp_path: Path) -> None:
    assert not Suite("empty", folder=tmp_path).finish()


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (1.0, 100), (0.0, 1)])
def test_percentile_is_nearest_rank(share: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), share) == expected


def test_warm_up_runs_are_not_counted() -> None:
    calls: list[int] = []
    samples = time_each(lambda: calls.append(1), times=5, warm_up=2)
    assert (len(samples), len(calls)) == (5, 7)
