"""What somebody asks a plan for, checked, and the days of the people it is for. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fieldcrm.core.holidays import holiday_name
from fieldcrm.planning.habits import Habits, Place
from fieldcrm.planning.opening import DAY_S, Day, Span, seconds
from fieldcrm.planning.shifts import Shift, around, moved, shift_of

Point = tuple[float, float]
APPOINTMENT: Final = "appointment:"
"""Before the ids of stops that are appointments; those of accounts are the account's own."""


@dataclass(frozen=True, slots=True)
class DayAsked:
    """A day to plan, and in what it differs from the person's usual one."""

    date: date
    start: Place | None = None
    end: Place | None = None
    shift: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when the rest of a day begins."""

    point: Point
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A plan that is asked for. ``account_ids`` None: of the people's own accounts the best."""

    days: Sequence[DayAsked]
    user_ids: Sequence[uuid.UUID]
    here: Here | None = None
    must_ids: frozenset[uuid.UUID] = frozenset()
    leave_out_ids: frozenset[uuid.UUID] = frozenset()
    account_ids: Sequence[uuid.UUID] | None = None
    order_ids: Sequence[uuid.UUID] = ()
    seed: int = 0

    @property
    def first_day(self) -> date:
        """Return the day at whose midnight the axis begins."""
        return self.days[0].date

    @property
    def last_day(self) -> date:
        """Return the day by which visits are valued."""
        return self.days[-1].date


@dataclass(frozen=True, slots=True)
class Meeting:
    """An appointment somewhere: a stop at a fixed time."""

    id: str
    span: Span
    point: Point
    name: str
    account_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outing:
    """One person's one day. Without a shift nobody goes out."""

    id: str
    day: Day
    following: Day
    user_id: uuid.UUID
    holiday: str | None
    shift: Shift | None
    start: Point | None
    end: Point | None
    max_driving_s: int | None
    meetings: Sequence[Meeting] = ()
    not_before_s: int = field(default=0)


def on_axis(at: datetime, first_day: date, timezone: str) -> int:
    """Return a moment in seconds since the local midnight of the first day, by the clock on the wall."""
    local = at.astimezone(ZoneInfo(timezone))
    days = (local.date() - first_day).days
    return days * DAY_S + local.hour * 3600 + local.minute * 60 + local.second


def outing_of(
    asked: Asked,
    wanted: DayAsked,
    habits: Habits,
    *,
    user_id: uuid.UUID,
    country: str,
    timezone: str,
    meetings: Sequence[Meeting],
    taken: Sequence[Span],
) -> Outing:
    """Return a person's day between its appointments (with a place) and what else is taken."""
    day, following = (_day(asked, wanted.date + timedelta(days=n), country) for n in (0, 1))
    here = _here_on(asked, wanted, timezone)
    now_s = 0 if here is None else on_axis(here.at, asked.first_day, timezone)
    coming = [each for each in meetings if day.starts_s <= each.span[0] < day.starts_s + DAY_S]
    running = [each.span for each in coming if each.span[0] < now_s < each.span[1]]
    coming = [each for each in coming if each.span[0] >= now_s]
    shift = _shift(day, wanted, habits) or _for_meetings(coming)
    if shift is not None:
        past = [(0, now_s)] if here is not None else []
        spans = [each.span for each in coming]
        shift = around(shift, taken=[*past, *running, *taken], met=spans) or _for_meetings(coming)
    start = wanted.start or habits.start_on(wanted.date)
    end = wanted.end or (wanted.start if _comes_back(wanted, habits) else habits.end_on(wanted.date))
    return Outing(
        id=str(wanted.date) if len(asked.user_ids) == 1 else f"{wanted.date}/{user_id}",
        day=day,
        following=following,
        user_id=user_id,
        holiday=holiday_name(wanted.date, country),
        shift=shift,
        start=here.point if here is not None else start.point if start else None,
        end=end.point if end else None,
        max_driving_s=habits.max_driving_s,
        meetings=coming if shift is not None else (),
        not_before_s=now_s,
    )


def _day(asked: Asked, on: date, country: str) -> Day:
    return Day((on - asked.first_day).days, on, holiday_name(on, country) is not None)


def _here_on(asked: Asked, wanted: DayAsked, timezone: str) -> Here | None:
    if asked.here is None:
        return None
    return asked.here if asked.here.at.astimezone(ZoneInfo(timezone)).date() == wanted.date else None


def _shift(day: Day, wanted: DayAsked, habits: Habits) -> Shift | None:
    """What is asked for the day goes before what is usual, also on a day off."""
    if wanted.shift is None:
        return shift_of(day, habits.hours, habits.breaks, works_on_holidays=habits.works_on_holidays)
    span = (day.starts_s + seconds(wanted.shift[0]), day.starts_s + seconds(wanted.shift[1]))
    return Shift(span, tuple(moved(each, day.starts_s) for each in habits.breaks))


def _for_meetings(meetings: Sequence[Meeting]) -> Shift | None:
    """Return the shift of a day off on which there are appointments all the same."""
    if not meetings:
        return None
    return Shift((min(each.span[0] for each in meetings), max(each.span[1] for each in meetings)))


def _comes_back(wanted: DayAsked, habits: Habits) -> bool:
    """Return whether who leaves from elsewhere goes back there: nothing else is known of the evening."""
    return wanted.start is not None and habits.end_on(wanted.date) is None
