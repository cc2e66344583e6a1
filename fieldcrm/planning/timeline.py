"""Whether a day's order can be kept, and what one more stop would do to it: exactly, breaks included.

For each place in the order two times are known: the earliest one can leave it, and the latest one may come
to the next so that all the rest still holds - each by how many of the day's breaks were taken by then.
"""

from __future__ import annotations

import numpy as np

from fieldcrm.planning.numbered import NEVER, Ints, Model, Pause
from fieldcrm.planning.problem import Span


def begin(arrival: int, windows: list[Span]) -> int:
    """Return when a visit begins for whom arrives then; NEVER after the last window."""
    for opens, closes in windows:
        if arrival <= closes:
            return max(arrival, opens)
    return NEVER


def latest_begin(bound: int, windows: list[Span]) -> int:
    """Return the latest begin by ``bound``; -NEVER when there is none."""
    for opens, closes in reversed(windows):
        if opens <= bound:
            return min(bound, closes)
    return -NEVER


def end_of_leg(leave: int, way_s: int, pause: Pause) -> int:
    """Return when a leg ends that begins at ``leave``."""
    if leave > pause.begin_by:
        return NEVER
    return max(leave + way_s + pause.longer_s, pause.end_from)


def latest_leave(arrive_by: int, way_s: int, pause: Pause) -> int:
    """Return when a leg has to begin at the latest to end by ``arrive_by``."""
    if pause.end_from > arrive_by:
        return -NEVER
    return min(pause.begin_by, arrive_by - way_s - pause.longer_s)


class Timeline:
    """A day's order with its times.

    ``leave[i][k]``: the earliest one leaves place i (0 is the start) with k breaks taken; ``taken[i][k]`` of
    them before the leg that leads there. ``by[i][k]``: the latest arrival at place i (the last is the end).
    """

    def __init__(self, model: Model, day: int, order: list[int]) -> None:
        self.model, self.no, self.order = model, day, order
        self.of = model.days[day]
        self.places = [model.start_of(day), *(model.point[stop] for stop in order), model.end_of(day)]
        self.driving_s = model.driving_s(day, order)
        self._breaks = range(len(self.of.breaks) + 1)
        self._forward()
        self._backward()

    @property
    def is_kept(self) -> bool:
        """Tell whether the order keeps all windows, the breaks, the shift and the longest driving."""
        return self.driving_s <= self.of.limit_s and any(
            end <= by for end, by in zip(self.leave[-1], self.by[-1], strict=True)
        )

    def _forward(self) -> None:
        model, places = self.model, self.places
        count = len(self._breaks)
        self.leave = [[self.of.day.shift[0]] + [NEVER] * (count - 1)]
        self.taken = [[0] * count]
        for at in range(1, len(places)):
            way = model.way[places[at - 1]][places[at]]
            leave, taken = [], []
            for now in self._breaks:
                arrival, before = min(
                    (end_of_leg(self.leave[-1][k], way, self.of.pauses[k][now]), -k) for k in range(now + 1)
                )
                if at <= len(self.order):
                    stop = self.order[at - 1]
                    start = begin(arrival, self.of.windows[stop])
                    arrival = min(start + model.service[stop], NEVER)
                leave.append(min(arrival, NEVER))
                taken.append(-before)
            self.leave.append(leave)
            self.taken.append(taken)

    def _backward(self) -> None:
        model, places = self.model, self.places
        by = [list(self.of.over_by)]
        for at in range(len(self.order), 0, -1):
            stop = self.order[at - 1]
            way = model.way[places[at]][places[at + 1]]
            after = by[-1]
            by.append(
                [
                    latest_begin(
                        max(
                            latest_leave(after[k], way, self.of.pauses[now][k])
                            for k in range(now, len(self._breaks))
                        )
                        - model.service[stop],
                        self.of.windows[stop],
                    )
                    for now in self._breaks
                ]
            )
        by.append([-NEVER] * len(self._breaks))  # nobody arrives at the start
        self.by = by[::-1]

    def over_s(self, stop: int) -> int:
        """Return by how much the stop misses its best place in the order; 0 or less where it fits."""
        least = NEVER
        for at in range(len(self.places) - 1):
            to = self.model.way[self.places[at]][self.model.point[stop]]
            on = self.model.way[self.model.point[stop]][self.places[at + 1]]
            detour = to + on - (self.model.way[self.places[at]][self.places[at + 1]] if self.order else 0)
            over = max(self._over_at(at, stop, to=to, on=on), self.driving_s + detour - self.of.limit_s)
            least = min(least, over)
        return least

    def _over_at(self, at: int, stop: int, *, to: int, on: int) -> int:
        least = NEVER
        for k in self._breaks:
            for now in range(k, len(self._breaks)):
                arrival = end_of_leg(self.leave[at][k], to, self.of.pauses[k][now])
                bound = max(
                    latest_leave(self.by[at + 1][after], on, self.of.pauses[now][after])
                    for after in range(now, len(self._breaks))
                )
                bound -= self.model.service[stop]
                for opens, closes in self.of.windows[stop]:
                    least = min(least, max(arrival, opens) - min(bound, closes))
        return least

    def detours(self, stops: Ints) -> tuple[Ints, Ints]:
        """Return for each stop the seconds of driving that it adds at its best place, and that place.

        A stop that fits nowhere adds NEVER. The place is its index in the order.
        """
        model, of = self.model, self.of
        before = np.array(self.places[:-1], dtype=np.int64)
        after = np.array(self.places[1:], dtype=np.int64)
        points = model.points[stops]
        to = model.ways[before][:, points]
        on = model.ways[points][:, after].T
        direct = model.ways[before, after] if self.order else np.zeros(1, dtype=np.int64)
        added = to + on - direct[:, None]
        fits = np.zeros(added.shape, dtype=np.bool_)
        leave = np.array(self.leave[:-1], dtype=np.int64)
        by = np.array(self.by[1:], dtype=np.int64)
        service = model.services[stops]
        count = len(self._breaks)
        for k in range(count):
            for now in range(k, count):
                pause = of.pauses[k][now]
                arrival = np.maximum(leave[:, k, None] + to + pause.longer_s, pause.end_from)
                arrival[leave[:, k] > pause.begin_by] = NEVER
                go = _begins(arrival, of.begins[stops], of.closes[stops]) + service
                for then in range(now, count):
                    rest = of.pauses[now][then]
                    end = np.maximum(go + on + rest.longer_s, rest.end_from)
                    fits |= (end <= by[:, then, None]) & (go <= rest.begin_by)
        fits &= self.driving_s + added <= of.limit_s
        added = np.where(fits, added, NEVER)
        best = added.argmin(axis=0)
        return added[best, np.arange(len(stops))], best


def _begins(arrival: Ints, opens: Ints, closes: Ints) -> Ints:
    """Return when visits begin, by place and stop; NEVER after the last window."""
    start = np.full(arrival.shape, NEVER, dtype=np.int64)
    for no in range(opens.shape[1] - 1, -1, -1):
        start = np.where(arrival <= closes[:, no], np.maximum(arrival, opens[:, no]), start)
    return start
