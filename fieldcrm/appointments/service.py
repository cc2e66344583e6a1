"""The public face of appointments: when a person is busy, and where."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from fieldcrm.appointments import following, queries
from fieldcrm.appointments.booking import (
    cancel_appointment,
    create_appointment,
    get_appointment,
    update_appointment,
)
from fieldcrm.appointments.queries import list_own as list_appointments
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor

__all__ = [
    "Busy",
    "busy",
    "cancel_appointment",
    "create_appointment",
    "following",
    "get_appointment",
    "list_appointments",
    "update_appointment",
]


class Busy(NamedTuple):
    """A time that is taken; ``point`` is (longitude, latitude). Of a whole day it ends with the day."""

    start: datetime
    end: datetime
    account_id: uuid.UUID | None
    title: str | None
    point: tuple[float, float] | None
    is_all_day: bool = False
    appointment_id: uuid.UUID | None = None


def busy(session: Session, actor: Actor, *, user_id: uuid.UUID, day_from: date, day_to: date) -> list[Busy]:
    """Return when a person is taken on the days from ``day_from`` to and with ``day_to``, in UTC.

    Days are the organisation's. The earliest first; what begins before or ends after the days is whole.
    Appointments, and the times that a calendar elsewhere says are taken (without account, point and id).
    """
    begin = clock.start_of_day(day_from, actor.timezone)
    end = clock.start_of_day(day_to + timedelta(days=1), actor.timezone)
    found = queries.list_between(session, actor, user_id=user_id, begin=begin, end=end)
    elsewhere = queries.list_busy_times(session, actor, user_id=user_id, begin=begin, end=end)
    own = [
        Busy(
            start=row.Appointment.starts_at,
            end=row.Appointment.ends_at,
            account_id=row.Appointment.account_id,
            title=row.Appointment.title,
            point=None if row.lon is None else (row.lon, row.lat),
            is_all_day=row.Appointment.is_all_day,
            appointment_id=row.Appointment.id,
        )
        for row in found
    ]
    others = [Busy(row.starts_at, row.ends_at, None, row.title, None, row.is_all_day) for row in elsewhere]
    return sorted([*own, *others], key=lambda each: each.start)
