"""A problem as the solver's parts use it: numbered, in an order of its own, windows cut to each day's shift.

Numbers follow the ids, not the order of the input, so that the order of the input cannot matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcrm.planning.problem import DAY_S, Day, Problem, Span, Stop
from fieldcrm.travel import service as travel

NEVER = 1 << 40
FARTHEST_S = 10 * DAY_S
"""Engines answer absurd numbers for places that no road leads to; beyond this it is all the same."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pause:
    """What the breaks taken on one leg do: the leg takes ``longer_s``, cannot end before ``end_from``,
    and has to begin by ``begin_by``.
    """

    longer_s: int
    end_from: int
    begin_by: int


NO_PAUSE = Pause(0, -NEVER, NEVER)


class DayModel:
    """A day with its pauses; ``pauses[a][b]`` is the leg on which breaks a to b - 1 are taken.

    Only breaks that the shift can make due are among them, in the order of their begin. ``over_by[k]`` is
    when a day of which the first k breaks were taken must be over.
    """

    def __init__(self, day: Day, *, begins: Ints, closes: Ints) -> None:
        first, last = day.shift
        self.day = day
        self.breaks = sorted(
            (
                one
                for one in day.breaks
                if one.duration_s > 0 and first <= one.to_s < last and one.from_s <= last
            ),
            key=lambda one: (one.from_s, one.to_s, one.duration_s),
        )
        count = len(self.breaks)
        self.pauses = [[self._pause(a, b) for b in range(count + 1)] for a in range(count + 1)]
        self.over_by = [min([last, *(one.to_s for one in self.breaks[taken:])]) for taken in range(count + 1)]
        self.limit_s = NEVER if day.max_driving_s is None else day.max_driving_s
        # stop x window, cut to the shift; a window that is not there closes before it opens
        self.begins, self.closes = begins, closes
        self.windows: list[list[Span]] = [
            [(a, b) for a, b in zip(row_a, row_b, strict=True) if a <= b]
            for row_a, row_b in zip(begins.tolist(), closes.tolist(), strict=True)
        ]

    def _pause(self, first: int, after: int) -> Pause:
        longer, end_from, begin_by = 0, -NEVER, NEVER
        earliest = self.day.shift[0]
        for one in self.breaks[first:after]:
            begin_by = min(begin_by, one.to_s - longer)
            longer += one.duration_s
            earliest = max(earliest, one.from_s)
            if earliest > one.to_s:
                begin_by = -NEVER
            earliest += one.duration_s
            end_from = max(end_from, one.from_s) + one.duration_s
        return Pause(longer, end_from, begin_by)


class Model:
    """The numbered problem: stops by their ids, days by shift and id; ways with an extra point "anywhere".

    Stops without a position, or that no day could take, are left out; ``worth[i]`` is in seconds of driving.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.days_in_order = sorted(problem.days, key=lambda day: (day.shift, day.rep or "", day.id))
        self.stops: list[Stop] = [
            stop
            for stop in sorted(problem.stops, key=lambda stop: stop.id)
            if stop.point is not None and any(may_go(stop, day) for day in problem.days)
        ]
        self.ways = _ways(problem)
        self.way = self.ways.tolist()
        self.anywhere = len(problem.points)
        self.point = [self.anywhere if stop.point is None else stop.point for stop in self.stops]
        self.service = [stop.service_s for stop in self.stops]
        self.worth = [stop.value * problem.drive_s_per_value for stop in self.stops]
        self.is_must = [stop.is_must for stop in self.stops]
        self.points = np.array(self.point, dtype=np.int64)
        self.services = np.array(self.service, dtype=np.int64)
        self.worths = np.array(self.worth, dtype=np.int64)
        self.days = [self._day(day) for day in self.days_in_order]

    def start_of(self, day: int) -> int:
        """Return the point where the day begins, ``anywhere`` when that does not matter."""
        start = self.days[day].day.start
        return self.anywhere if start is None else start

    def end_of(self, day: int) -> int:
        """Return the point where the day ends, ``anywhere`` when that does not matter."""
        end = self.days[day].day.end
        return self.anywhere if end is None else end

    def driving_s(self, day: int, order: list[int]) -> int:
        """Return the day's seconds at the wheel; none on a day without stops."""
        if not order:
            return 0
        at, total = self.start_of(day), 0
        for stop in order:
            total += self.way[at][self.point[stop]]
            at = self.point[stop]
        return int(total + self.way[at][self.end_of(day)])

    def _day(self, day: Day) -> DayModel:
        cut = [windows_within(stop, day) for stop in self.stops]
        width = max([1, *map(len, cut)])
        begins = np.full((len(cut), width), NEVER, dtype=np.int64)
        closes = np.full((len(cut), width), -NEVER, dtype=np.int64)
        for at, windows in enumerate(cut):
            for no, (opens, shuts) in enumerate(windows):
                begins[at, no], closes[at, no] = opens, shuts
        return DayModel(day, begins=begins, closes=closes)


def may_go(stop: Stop, day: Day) -> bool:
    """Tell whether the day is the stop's person's, and the stop is open during the shift."""
    return bool(windows_within(stop, day))


def windows_within(stop: Stop, day: Day) -> list[Span]:
    """Return when a visit could begin within the shift, so that it is over by its end."""
    if stop.rep is not None and stop.rep != day.rep:
        return []
    first, last = day.shift[0], day.shift[1] - stop.service_s
    cut = ((max(a, first), min(b, last)) for a, b in stop.windows)
    return [(a, b) for a, b in cut if a <= b]


def _ways(problem: Problem) -> Ints:
    """Return the seconds from point to point, with a last point that is no way from all others."""
    durations = problem.durations
    if durations is None:
        durations = tuple(map(tuple, travel.matrix(problem.points).durations_s))
    size = len(problem.points)
    ways = np.zeros((size + 1, size + 1), dtype=np.int64)
    if size:
        ways[:size, :size] = np.minimum(np.array(durations, dtype=np.int64), FARTHEST_S)
    return ways
