"""From a calendar file to the times it says are taken: repeated ones spread out, whole days as local days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

MOST_TIMES: Final = 5_000
MOST_EVENTS: Final = 20_000
# No appointment repeats so; and who spreads it out has a million of them.
_TOO_OFTEN: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_NEEDED: Final = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
"""What must be readable of an event."""
_WITHIN_DAY: Final = ("BYSECOND", "BYMINUTE", "BYHOUR")
_MOST_A_DAY: Final = 24


class NotACalendar(Exception):
    """What came is no iCalendar."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A time that is taken, in UTC."""

    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    title: str | None


def read_taken(
    content: bytes, *, begin: datetime, end: datetime, timezone: str, keeps_titles: bool = False
) -> list[Taken]:
    """Return the times in [begin, end), the earliest first.

    Left out is what is cancelled, or does not take the time (free, transparent). Hours without a time zone
    and whole days are those of ``timezone``. Raises NotACalendar.
    """
    calendars = _calendars(content)
    zone = ZoneInfo(timezone)
    found = {
        _taken(event, zone, keeps_titles=keeps_titles)
        for calendar in calendars
        for event in _events(calendar, begin.astimezone(zone), end.astimezone(zone))
        if _takes_time(event)
    }
    kept = [each for each in found if each is not None and each.starts_at < end and each.ends_at >= begin]
    return sorted(kept, key=lambda each: (each.starts_at, each.ends_at, each.title or ""))[:MOST_TIMES]


def _calendars(content: bytes) -> list[Calendar]:
    try:
        # A file may begin with something else, whatever the library's types say.
        parts: list[object] = [*Calendar.from_ical(content, multiple=True)]
    except (ValueError, KeyError, IndexError, TypeError):
        raise NotACalendar from None
    found = [each for each in parts if isinstance(each, Calendar)]
    if not found:
        raise NotACalendar
    for calendar in found:
        usable = [each for each in calendar.subcomponents if not (_is_broken(each) or _is_flood(each))]
        calendar.subcomponents = usable[:MOST_EVENTS]
    return found


def _is_broken(component: Any) -> bool:
    return any(name in _NEEDED for name, _ in component.errors)


def _is_flood(component: Any) -> bool:
    rules = component.get("RRULE")
    return any(_is_flood_of(rule) for rule in (rules if isinstance(rules, list) else [rules]) if rule)


def _is_flood_of(rule: Any) -> bool:
    names = {str(each).upper() for each in rule.get("FREQ", [])}
    a_day = 1
    for name in _WITHIN_DAY:
        a_day *= max(1, len(rule.get(name, [])))
    return bool(names & _TOO_OFTEN) or a_day > _MOST_A_DAY


def _events(calendar: Calendar, begin: datetime, end: datetime) -> Iterator[Any]:
    query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
    yield from query.between(begin, end)


def _takes_time(event: Any) -> bool:
    is_free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    is_off = str(event.get("STATUS", "")).upper() == "CANCELLED"
    is_free_to_outlook = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    return not (is_free or is_off or is_free_to_outlook)


def _taken(event: Any, zone: ZoneInfo, *, keeps_titles: bool) -> Taken | None:
    begin, end = event.start, event.end
    title = str(event.get("SUMMARY", "")).strip()[:200] if keeps_titles else ""
    is_all_day = not isinstance(begin, datetime)
    starts_at, ends_at = _utc(begin, zone), _utc(end, zone)
    if is_all_day and ends_at <= starts_at:
        ends_at = _utc(begin + timedelta(days=1), zone)
    if ends_at < starts_at:
        return None
    return Taken(starts_at, ends_at, is_all_day, title or None)


def _utc(at: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time.min)
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
