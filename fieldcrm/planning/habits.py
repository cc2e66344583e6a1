"""How somebody works: hours, breaks, where the days begin and end. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fieldcrm.planning.shifts import DEFAULT_BREAKS, Pause
from fieldcrm.travel.rules import Mode


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to begin, end or stay: longitude first."""

    lon: float
    lat: float
    name: str | None = None

    @property
    def point(self) -> tuple[float, float]:
        """Return it as a point."""
        return self.lon, self.lat


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How somebody works: their own settings, or what holds for everybody without any."""

    hours: Mapping[str, Sequence[str]]
    works_on_holidays: bool = False
    breaks: Sequence[Pause] = DEFAULT_BREAKS
    start: Place | None = None
    end: Place | None = None
    mode: Mode = "car"
    max_driving_s: int | None = None
    nights: Mapping[date, Place]

    def start_on(self, day: date) -> Place | None:
        """Return where the day begins: where the night before was spent."""
        return self.nights.get(day - timedelta(days=1), self.start)

    def end_on(self, day: date) -> Place | None:
        """Return where the day ends."""
        return self.nights.get(day, self.end)
