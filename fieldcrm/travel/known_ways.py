"""Ways that an engine has told before, in the memory of the process and bounded in size."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from fieldcrm.travel.matrices import Numbers, Table
from fieldcrm.travel.rules import Point

MOST_PLACES: Final = 1_500
"""Of a mode: 20 MB in memory when all of them are in use."""
KEPT_FOR_S: Final = 86_400.0
"""Roads change, and so do an engine's map and settings."""


class KnownWays:
    """The ways between the places that were asked for last; the longest unused place goes first.

    Two numbers a pair in a square of places: 150 x 150 ways are looked up in 0.2 ms, which a table in the
    database could not do (docs/adr tells). Safe to share between threads.
    """

    def __init__(
        self,
        *,
        most_places: int = MOST_PLACES,
        kept_for_s: float = KEPT_FOR_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most_places
        self._kept_for_s = kept_for_s
        self._now = now
        self._lock = threading.Lock()
        self._forget()

    def look_up(self, places: Sequence[Point]) -> tuple[Table, np.ndarray]:
        """Return the ways between all places, and which of them are known; the others are NaN."""
        with self._lock:
            if self._now() > self._fresh_until:
                self._forget()
            slots = self._slots_for(places)
            if slots is None:
                nothing = np.full((len(places), len(places)), np.nan, dtype=np.float32)
                return Table(nothing, nothing.copy()), np.zeros(nothing.shape, dtype=bool)
            block = np.ix_(slots, slots)
            is_known = self._is_known[block]
            told = Table(self._durations[block], self._distances[block])
            told.durations_s[~is_known] = told.distances_m[~is_known] = np.nan
            return told, is_known

    def learn(self, sources: Sequence[Point], targets: Sequence[Point], told: Table) -> None:
        """Keep what an engine told, also that there is no way."""
        with self._lock:
            slots = self._slots_for(list(dict.fromkeys((*sources, *targets))))
            if slots is None:
                return
            block = np.ix_(
                [self._slots[place] for place in sources], [self._slots[place] for place in targets]
            )
            self._durations[block] = told.durations_s
            self._distances[block] = told.distances_m
            self._is_known[block] = True

    def _forget(self) -> None:
        shape = (self._most, self._most)
        # Not written to yet, and so not in memory yet.
        self._durations: Numbers = np.zeros(shape, dtype=np.float32)
        self._distances: Numbers = np.zeros(shape, dtype=np.float32)
        self._is_known = np.zeros(shape, dtype=bool)
        self._slots: dict[Point, int] = {}
        self._free = list(range(self._most))
        self._fresh_until = self._now() + self._kept_for_s

    def _slots_for(self, places: Sequence[Point]) -> list[int] | None:
        """Return each place's row in the square, making room; None when they are more than it holds."""
        if len(places) > self._most:
            return None
        # Used now, so last to go.
        self._slots |= {place: self._slots.pop(place) for place in places if place in self._slots}
        for place in places:
            if place not in self._slots:
                self._slots[place] = self._free.pop() if self._free else self._make_room()
        return [self._slots[place] for place in places]

    def _make_room(self) -> int:
        slot = self._slots.pop(next(iter(self._slots)))
        self._is_known[slot, :] = False
        self._is_known[:, slot] = False
        return slot
