"""Public holidays: Japan's by law, moved and joined ones too; elsewhere none are claimed."""

from __future__ import annotations

from datetime import date

import pytest

from fieldcrm.core.holidays import holiday_name


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2026, 9, 22), "国民の休日"),  # between two others
        (date(2025, 5, 6), "みどりの日 振替休日"),  # the Sunday before was one
        (date(2027, 1, 1), "元日"),
        (date(2026, 11, 24), None),
        (date(2026, 12, 31), None),
        (date.min, None),
        (date.max, None),
    ],
)
def test_japans_holidays_are_those_of_the_law(day: date, name: str | None) -> None:
    assert holiday_name(day, "JP") == name


def test_other_countries_have_none_rather_than_japans() -> None:
    assert holiday_name(date(2026, 11, 23), "US") is None
