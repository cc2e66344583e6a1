"""When a visit may begin: opening hours of each planned day on the plan's one axis of seconds. Pure.

Day number d begins at d * 86,400: local midnight of the plan's first day is 0. The phone counts the same
(tests/cases/windows.json).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

DAY_S: Final = 86_400
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SUNDAY: Final = "sun"

Span = tuple[int, int]
Hours = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day of the plan: its number on the axis, and whether the country rests."""

    number: int
    date: date
    is_holiday: bool = False

    @property
    def weekday(self) -> str:
        """Return its name as opening hours have it."""
        return WEEKDAYS[self.date.weekday()]

    @property
    def starts_s(self) -> int:
        """Return its midnight on the axis."""
        return self.number * DAY_S


@dataclass(frozen=True, slots=True)
class Assumed:
    """What holds for accounts of which no hours are known: these on working days, nothing on the others."""

    spans: Sequence[Sequence[str]] = (("09:00", "18:00"),)
    working_days: Collection[int] = (1, 2, 3, 4, 5)


def opening_of(hours: Hours | None, day: Day, assumed: Assumed) -> list[Span]:
    """Return when an account is open on a day, in seconds of the axis; nothing where it is closed.

    On a public holiday it is open as on Sundays, if it is then. What goes on past midnight goes on.
    """
    if not hours:
        is_working = not day.is_holiday and day.date.isoweekday() in assumed.working_days
        spans = assumed.spans if is_working else ()
    else:
        spans = hours.get(SUNDAY if day.is_holiday else day.weekday, ())
    return [(day.starts_s + seconds(start), day.starts_s + seconds(end)) for start, end in spans]


def windows_of(hours: Hours | None, days: Sequence[Day], assumed: Assumed, *, service_s: int) -> list[Span]:
    """Return when a visit of ``service_s`` may begin on the days, so that it ends before closing.

    Spans that meet, also at midnight, are one. A visit longer than a span is fitted into it as far as it
    goes: it begins when the account opens.
    """
    opened: list[Span] = []
    for start, end in sorted(span for day in days for span in opening_of(hours, day, assumed)):
        if opened and start <= opened[-1][1]:
            opened[-1] = (opened[-1][0], max(opened[-1][1], end))
        else:
            opened.append((start, end))
    return [(start, max(start, end - service_s)) for start, end in opened]


def seconds(moment: str) -> int:
    """Return "09:30" as seconds since midnight."""
    hour, minute = moment.split(":")
    return int(hour) * 3600 + int(minute) * 60
