"""Ways on roads: an engine asked for what is not known yet, in pieces; left alone when it fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

import numpy as np

from fieldcrm.travel.asking import EngineFailed
from fieldcrm.travel.backing_off import BackOff
from fieldcrm.travel.engines import Engine
from fieldcrm.travel.known_ways import KnownWays
from fieldcrm.travel.matrices import Source, Table
from fieldcrm.travel.rules import Point

log = logging.getLogger(__name__)

MOST_PLACES_A_SIDE: Final = 140
"""Of one question: an address of 280 places is still shorter than the 8 kB that servers in between take."""

Answer = TypeVar("Answer")
Block = tuple[list[int], list[int]]
"""Rows and columns of a table."""


@dataclass(frozen=True, slots=True)
class Roads:
    """One engine, what it told, and whether it may be asked. Safe to share between threads.

    `within_s` is how long one question may take, and after how long no further one of the same table is
    begun: what is not known by then is estimated, and the next table goes on from there.
    """

    engine: Engine
    most_stops: int
    within_s: float
    known: KnownWays = field(default_factory=KnownWays)
    back_off: BackOff = field(default_factory=BackOff)
    now: Callable[[], float] = time.monotonic

    @property
    def source(self) -> Source:
        """Which kind of engine it is."""
        return self.engine.name

    def table(self, points: Sequence[Point]) -> Table:
        """Return the ways between all points; NaN where the engine knows none or does not answer."""
        rounded = [_rounded(point) for point in points]
        places = list(dict.fromkeys(rounded))
        told, is_known = self.known.look_up(places)
        np.fill_diagonal(is_known, val=True)
        until = self.now() + self.within_s
        for rows, columns in _missing(is_known, most_pairs=self.engine.most_pairs):
            if self.now() > until or not self.back_off.may_ask():
                break
            sources, targets = [places[row] for row in rows], [places[column] for column in columns]
            part = self._attempt(partial(self.engine.table, sources, targets, within_s=self.within_s))
            if part is None:
                break
            self.known.learn(sources, targets, part)
            block = np.ix_(rows, columns)
            told.durations_s[block], told.distances_m[block] = part.durations_s, part.distances_m
        for numbers in (told.durations_s, told.distances_m):
            np.fill_diagonal(numbers, 0)
        where = {place: index for index, place in enumerate(places)}
        indexes = [where[place] for place in rounded]
        block = np.ix_(indexes, indexes)
        return Table(told.durations_s[block], told.distances_m[block])

    def route(self, points: Sequence[Point]) -> list[Point] | None:
        """Return the line through the points in this order, or None when there is none to be had."""
        line: list[Point] = []
        for first in range(0, len(points) - 1, self.most_stops - 1):
            part = points[first : first + self.most_stops]
            if not self.back_off.may_ask():
                return None
            found = self._attempt(partial(self.engine.route, part, within_s=self.within_s))
            if found is None:
                return None
            line += found
        return [point for index, point in enumerate(line) if index == 0 or point != line[index - 1]] or None

    def _attempt(self, question: Callable[[], Answer]) -> Answer | None:
        try:
            answer = question()
        except EngineFailed as failure:
            log.warning("%s gave no answer: %s", self.source, failure.reason)
            if failure.reason == "refused":
                self.back_off.answered()
            else:
                self.back_off.failed(retry_after_s=failure.retry_after_s)
            return None
        self.back_off.answered()
        return answer


def _rounded(point: Point) -> Point:
    """Return the point to a centimetre: what is asked, and under what the answer is kept.

    A metre would do for the place, not for the side of a one-way street: one pair in eighty differed.
    """
    return round(point[0], 7), round(point[1], 7)


def _missing(is_known: np.ndarray, *, most_pairs: int) -> Iterator[Block]:
    """Yield what must be asked: all about new places, then what is left between the others."""
    unknown = ~is_known
    is_new = unknown.sum(axis=1) * 2 > len(unknown)
    for among_rows, among_columns in (
        (is_new, np.ones_like(is_new)),
        (~is_new, is_new),
        (~is_new, ~is_new),
    ):
        part = unknown & among_rows[:, None] & among_columns[None, :]
        rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        if rows.size:
            yield from _pieces(rows.tolist(), columns.tolist(), most_pairs=most_pairs)


def _pieces(rows: list[int], columns: list[int], *, most_pairs: int) -> Iterator[Block]:
    width = min(MOST_PLACES_A_SIDE, len(columns), most_pairs)
    height = min(MOST_PLACES_A_SIDE, max(1, most_pairs // width))
    for left in range(0, len(columns), width):
        for top in range(0, len(rows), height):
            yield rows[top : top + height], columns[left : left + width]
