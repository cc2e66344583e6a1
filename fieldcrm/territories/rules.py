"""Pure decisions of coverage: its numbers, their sums, the share that colours the map."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

PERIODS = (30, 90)
"""Days that the screens offer."""
MOST_DAYS = 3650
CLASSES = (20, 40, 60, 80)
"""Where a new colour of the map begins, in percent."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of accounts; the glossary defines each.

    ``covered``, ``overdue`` and whatever is neither make up ``accounts``; ``never_visited`` and
    ``without_cadence`` cut across them. ``visited`` is how many accounts the ``visits`` went to.
    """

    accounts: int = 0
    covered: int = 0
    overdue: int = 0
    never_visited: int = 0
    without_cadence: int = 0
    visited: int = 0
    visits: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    @property
    def share(self) -> int | None:
        """Return the percentage that is covered, None without accounts.

        Only all is 100 and only none is 0: what is left to do never disappears in rounding.
        """
        if not self.accounts:
            return None
        rounded = math.floor(100 * self.covered / self.accounts + 0.5)
        if 0 < self.covered < self.accounts:
            return min(max(rounded, 1), 99)
        return rounded


NAMES = tuple(field.name for field in fields(Counts))


def total(rows: Iterable[Counts]) -> Counts:
    """Return the sum."""
    found = Counts()
    for row in rows:
        found += row
    return found


def class_of(share: int) -> int:
    """Return the number of the colour for a share, 0 the lowest."""
    return sum(share >= start for start in CLASSES)
