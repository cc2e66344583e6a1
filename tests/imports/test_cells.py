"""Single cells: dates, numbers, coordinates, addresses, and the guard against formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcrm.imports import cells
from fieldcrm.imports.addresses import address_key, whole_address


@pytest.mark.parametrize("text", [
    "2025-06-01", "2025/6/1", "2025.06.01", "2025年6月1日", "令和7年6月1日", "R7.6.1", "２０２５／０６／０１",
    "20250601", "45809", "2025-06-01T00:00:00Z",
])  # fmt: skip
def test_dates_are_read_as_they_are_written(text: str) -> None:
    found = cells.moment(text, is_month_first=False)
    assert found is not None
    assert found.isoformat() == "2025-06-01T00:00:00"


@pytest.mark.parametrize("text", ["2025-02-30", "2025/13/1", "令和7年2月30日", "99999999", "昨日", "1"])
def test_impossible_dates_are_none(text: str) -> None:
    assert cells.moment(text, is_month_first=True) is None


def test_month_first_only_for_english_readers() -> None:
    assert str(cells.moment("3/4/2025", is_month_first=True)).startswith("2025-03-04")
    assert str(cells.moment("3/4/2025", is_month_first=False)).startswith("2025-04-03")
    assert str(cells.moment("25/12/2025", is_month_first=True)).startswith("2025-12-25")


@pytest.mark.parametrize(("text", "value"), [
    ("40", 40), ("40%", 40), ("４０％", 40), ("0.4", 40), ("0.4%", 0), ("1,000", 1000), ("高", None),
])  # fmt: skip
def test_per_cent(text: str, value: int | None) -> None:
    assert cells.percent(text) == value


@pytest.mark.parametrize(("text", "value"), [
    ("30", 30), ("30日", 30), ("2週間", 14), ("毎月", 30), ("３ヶ月", 90), ("1年", 365), ("時々", None),
])  # fmt: skip
def test_periods_become_days(text: str, value: int | None) -> None:
    assert cells.days(text) == value


@pytest.mark.parametrize(("text", "value"), [
    ("35.6812", 35.6812), ("３５．６８", 35.68), ("35度40分52秒", 35.681111), ("N35°40'52\"", 35.681111),
    ("S10°30'0\"", -10.5), ("北", None), ("1e999", None),
])  # fmt: skip
def test_coordinates(text: str, value: float | None) -> None:
    found = cells.coordinate(text)
    assert found == (value if value is None else pytest.approx(value, abs=1e-5))


@given(st.text(max_size=40))
def test_guarded_text_never_runs_and_comes_back(text: str) -> None:
    guarded = cells.guarded(text)
    assert not guarded.startswith(cells.FORMULA_STARTS)
    assert cells.unguarded(guarded) == text


@pytest.mark.parametrize(("parts", "whole"), [
    (("東京都", "港区", "芝1-2-3"), "東京都港区芝1-2-3"),
    (("東京都", "港区", "東京都港区芝1-2-3"), "東京都港区芝1-2-3"),
    (("", "", "港区芝1"), "港区芝1"),
    (("兵庫県", "西宮市", ""), "兵庫県西宮市"),
    (("神奈川県", "茅ヶ崎市", "茅ケ崎市本村1"), "神奈川県茅ケ崎市本村1"),
])  # fmt: skip
def test_address_tells_each_part_once(parts: tuple[str, str, str], whole: str) -> None:
    assert whole_address(*parts) == whole


@pytest.mark.parametrize(("one", "other"), [
    ("東京都港区芝1丁目2番3号", "東京都港区芝１－２－３"),
    ("東京都港区芝１丁目２番地３", "東京都港区芝1-2-3"),
    ("茅ヶ崎市本村 1", "茅ケ崎市本村1"),
])  # fmt: skip
def test_spellings_of_one_address_share_a_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)
    assert address_key(one) != address_key(other + "9")
