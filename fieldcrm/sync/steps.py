"""Reading in the order of the change clock without ever tearing a step of it apart."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session


class Feed:
    """The rows of one query, which selects ``id`` and ``change_seq``, that changed after a cursor."""

    def __init__(self, session: Session, query: Select[Any], *, cursor: int, limit: int) -> None:
        """Read one row more than ``limit``: so it is known whether there are more."""
        self._session = session
        self._query = query
        self._columns = query.selected_columns
        seq = self._columns.change_seq
        first = query.where(seq > cursor).order_by(seq, self._columns.id).limit(limit + 1)
        self.rows: list[Any] = list(session.execute(first))
        self.is_cut = len(self.rows) > limit

    def until(self, end: int) -> list[Any]:
        """Return the rows up to and with the step ``end``, also those of it that the limit cut off."""
        rows = [row for row in self.rows if row.change_seq <= end]
        if self.is_cut and self.rows[-1].change_seq <= end:
            # An import is one step: the rest of it comes with this page.
            last = self.rows[-1]
            rest = self._query.where(self._columns.change_seq == last.change_seq, self._columns.id > last.id)
            rows += self._session.execute(rest.order_by(self._columns.id))
        return rows


def end_of_page(feeds: Sequence[Feed], *, limit: int, now: int) -> int:
    """Return the step of the clock with which a page of about ``limit`` rows ends."""
    steps = list(merge(*([row.change_seq for row in feed.rows] for feed in feeds)))
    # Not past ``now``: of a step that committed while we read, some tables may have been read before.
    return min(steps[limit - 1], now) if len(steps) > limit else now
