"""Appointments as iCalendar (RFC 5545): a feed to be read, an invitation to be answered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

PRODUCT: Final = "-//FieldCRM//appointments//EN"
REFRESH: Final = timedelta(minutes=30)
"""How often programs should look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What stands in a calendar: times in UTC, of a whole day in ``timezone``."""

    uid: uuid.UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    sequence: int
    changed_at: datetime
    place: str | None = None
    point: tuple[float, float] | None = None
    """(Longitude, latitude)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who invites."""

    name: str
    email: str


def feed(entries: Iterable[Entry], *, name: str, timezone: str) -> bytes:
    """Return a calendar of this name that programs read again and again."""
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", timezone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar["x-published-ttl"] = vDuration(REFRESH)  # what Outlook reads
    for entry in entries:
        calendar.add_component(_event(entry, timezone=timezone))
    written: bytes = calendar.to_ical()
    return written


def invitation(entry: Entry, *, organiser: Person, invitees: Sequence[str], timezone: str) -> bytes:
    """Return what asks the invitees to come (METHOD:REQUEST)."""
    return _message("REQUEST", entry, organiser=organiser, invitees=invitees, timezone=timezone)


def cancellation(entry: Entry, *, organiser: Person, invitees: Sequence[str], timezone: str) -> bytes:
    """Return what tells the invitees that it does not take place, or not with them (METHOD:CANCEL)."""
    return _message("CANCEL", entry, organiser=organiser, invitees=invitees, timezone=timezone)


def _message(
    method: str, entry: Entry, *, organiser: Person, invitees: Sequence[str], timezone: str
) -> bytes:
    calendar = _calendar()
    calendar.add("method", method)
    event = _event(entry, timezone=timezone)
    if method == "CANCEL":
        event["status"] = vText("CANCELLED")
    who = vCalAddress(f"mailto:{organiser.email}")
    who.params["CN"] = vText(organiser.name)
    event.add("organizer", who)
    for address in invitees:
        invitee = vCalAddress(f"mailto:{address}")
        invitee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
        event.add("attendee", invitee, encode=False)
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(entry: Entry, *, timezone: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@fieldcrm")
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    zone = ZoneInfo(timezone)
    if entry.is_all_day:
        event.add("dtstart", entry.starts_at.astimezone(zone).date())
        event.add("dtend", entry.ends_at.astimezone(zone).date())
    else:
        # In UTC: right in every time zone, whatever the reader knows of them.
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.ends_at)
    event.add("summary", entry.title)
    event.add("status", "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.point is not None:
        lon, lat = entry.point
        event.add("geo", (lat, lon))  # the format says latitude first
    return event
