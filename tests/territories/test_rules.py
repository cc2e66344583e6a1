"""Shares and sums of coverage."""

from __future__ import annotations

import pytest

from fieldcrm.territories.rules import Counts, class_of, total


@pytest.mark.parametrize(
    ("covered", "accounts", "share"),
    [(0, 0, None), (0, 5, 0), (1, 1000, 1), (1, 2, 50), (2, 3, 67), (1, 8, 13), (999, 1000, 99), (5, 5, 100)],
)
def test_a_share_is_whole_percent_and_only_all_is_a_hundred(
    covered: int, accounts: int, share: int | None
) -> None:
    assert Counts(accounts=accounts, covered=covered).share == share


def test_counts_add_up() -> None:
    rows = [Counts(1, 1, 0, 0, 0, 1, 3), Counts(2, 0, 1, 1, 1, 0, 0)]
    assert total(rows) == Counts(3, 1, 1, 1, 1, 1, 3)
    assert total([]) == Counts()


def test_colours_begin_where_the_legend_says() -> None:
    assert [class_of(share) for share in (0, 19, 20, 39, 40, 60, 79, 80, 100)] == [0, 0, 1, 1, 2, 3, 3, 4, 4]
