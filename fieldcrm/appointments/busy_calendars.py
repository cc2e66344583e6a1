"""The calendar elsewhere: named by its person, read by jobs every half hour, until they end it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from fieldcrm.appointments import busy_reading
from fieldcrm.appointments.fetching import FetchFailed, plain_url
from fieldcrm.appointments.models import BusyCalendar, BusyTime
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import FieldError, Invalid, NotFound
from fieldcrm.core.ids import new_id
from fieldcrm.core.jobs import queue

READ_TASK: Final = "appointments.read_busy"
EVERY: Final = timedelta(minutes=30)
BACK: Final = timedelta(days=2)
AHEAD: Final = timedelta(days=120)


def connect(session: Session, actor: Actor, *, url: str, keeps_titles: bool) -> BusyCalendar:
    """Have a calendar elsewhere read from now on, in place of the former. Raises Invalid at ``url``."""
    plain = plain_url(url)
    if plain is None:
        raise Invalid(FieldError("url", "calendar_not_https"))
    calendar = find(session, actor)
    if calendar is None:
        calendar = BusyCalendar(org_id=actor.org_id, user_id=actor.user_id, url=plain, serial=0)
        session.add(calendar)
    if calendar.url != plain or not keeps_titles:
        calendar.read_at = calendar.problem = None
        _forget_times(session, actor, actor.user_id)
    calendar.url, calendar.keeps_titles = plain, keeps_titles
    _begin(session, calendar)
    return calendar


def read_now(session: Session, actor: Actor) -> BusyCalendar:
    """Have it read at once, or raise NotFound."""
    calendar = find(session, actor)
    if calendar is None:
        raise NotFound()
    _begin(session, calendar)
    return calendar


def find(session: Session, actor: Actor) -> BusyCalendar | None:
    """Return the actor's calendar elsewhere, or None."""
    mine = (BusyCalendar.org_id == actor.org_id, BusyCalendar.user_id == actor.user_id)
    return session.scalar(select(BusyCalendar).where(*mine))


def disconnect(session: Session, actor: Actor) -> None:
    """Read it no more, and forget what was read."""
    forget(session, actor, actor.user_id)


def forget(session: Session, actor: Actor, user_id: uuid.UUID | None) -> None:
    """End a person's calendar elsewhere, and forget what was read of it."""
    _forget_times(session, actor, user_id)
    mine = (BusyCalendar.org_id == actor.org_id, BusyCalendar.user_id == user_id)
    for calendar in session.scalars(select(BusyCalendar).where(*mine)):
        session.delete(calendar)
    session.flush()


def begin_reading(session: Session, actor: Actor, calendar_id: uuid.UUID, *, serial: int) -> str | None:
    """Return the address to read, the next reading being queued; None when this chain of jobs has ended."""
    calendar = _of_chain(session, actor, calendar_id, serial=serial)
    if calendar is None:
        return None
    calendar.tried_at = clock.now()
    # Queued before the reading: whatever becomes of that, the next one comes.
    _queue(session, calendar, at=clock.now() + EVERY)
    return calendar.url


def keep(
    session: Session, actor: Actor, calendar_id: uuid.UUID, *, serial: int, content: bytes
) -> int | None:
    """Keep the times in place of the former ones; return how many, None when nobody wants them any more."""
    calendar = _of_chain(session, actor, calendar_id, serial=serial)
    if calendar is None:
        return None
    now = clock.now()
    try:
        found = busy_reading.read_taken(
            content,
            begin=now - BACK,
            end=now + AHEAD,
            timezone=actor.timezone,
            keeps_titles=calendar.keeps_titles,
        )
    except busy_reading.NotACalendar:
        calendar.problem = "not_a_calendar"
        return 0
    _forget_times(session, actor, calendar.user_id)
    rows = [
        {
            "org_id": actor.org_id, "id": new_id(), "user_id": calendar.user_id, "starts_at": each.starts_at,
            "ends_at": each.ends_at, "is_all_day": each.is_all_day, "title": each.title,
        }
        for each in found
    ]  # fmt: skip
    if rows:
        session.execute(insert(BusyTime), rows)
    calendar.read_at, calendar.problem = now, None
    return len(rows)


def note_failure(
    session: Session, actor: Actor, calendar_id: uuid.UUID, *, serial: int, failed: FetchFailed
) -> None:
    """Write down why nothing came; what was read before stays."""
    calendar = _of_chain(session, actor, calendar_id, serial=serial)
    if calendar is not None:
        calendar.problem = failed.reason


def _begin(session: Session, calendar: BusyCalendar) -> None:
    calendar.serial += 1
    session.flush()
    _queue(session, calendar, at=None)


def _queue(session: Session, calendar: BusyCalendar, *, at: datetime | None) -> None:
    connection = session.connection().connection.driver_connection
    task = queue.configure_task(READ_TASK, connection=connection, schedule_at=at)
    task.defer(org_id=calendar.org_id, calendar_id=str(calendar.id), serial=calendar.serial)


def _of_chain(session: Session, actor: Actor, calendar_id: uuid.UUID, *, serial: int) -> BusyCalendar | None:
    calendar = session.get(BusyCalendar, (actor.org_id, calendar_id), with_for_update=True)
    return calendar if calendar is not None and calendar.serial == serial else None


def _forget_times(session: Session, actor: Actor, user_id: uuid.UUID | None) -> None:
    mine = (BusyTime.org_id == actor.org_id, BusyTime.user_id == user_id)
    session.execute(delete(BusyTime).where(*mine).execution_options(synchronize_session=False))
