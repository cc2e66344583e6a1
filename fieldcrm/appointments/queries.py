"""Reads of appointments."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.appointments.models import Appointment, BusyTime
from fieldcrm.appointments.schemas import AppointmentQuery
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.paging import earliest_first


def list_between(
    session: Session, actor: Actor, *, user_id: uuid.UUID, begin: datetime, end: datetime
) -> Sequence[Any]:
    """Return a person's appointments that touch [begin, end), the earliest first, with their points.

    ``lon``, ``lat`` are the appointment's own place, else its account's.
    """
    query = _placed(actor).where(
        Appointment.owner_id == user_id,
        Appointment.deleted_at.is_(None),
        Appointment.starts_at < end,
        (Appointment.ends_at > begin) | (Appointment.starts_at >= begin),
    )
    return session.execute(query.order_by(Appointment.starts_at, Appointment.id)).all()


def find_placed(session: Session, actor: Actor, appointment_id: uuid.UUID) -> Any:
    """Return an appointment whosever it is, a cancelled one too, as ``list_between`` does; or None."""
    return session.execute(_placed(actor).where(Appointment.id == appointment_id)).one_or_none()


def list_busy_times(
    session: Session, actor: Actor, *, user_id: uuid.UUID, begin: datetime, end: datetime
) -> Sequence[BusyTime]:
    """Return the times from elsewhere that touch [begin, end), the earliest first."""
    query = select(BusyTime).where(
        BusyTime.org_id == actor.org_id,
        BusyTime.user_id == user_id,
        BusyTime.starts_at < end,
        (BusyTime.ends_at > begin) | (BusyTime.starts_at >= begin),
    )
    return session.scalars(query.order_by(BusyTime.starts_at, BusyTime.id)).all()


def _placed(actor: Actor) -> Select[Any]:
    is_at = (Account.org_id == Appointment.org_id) & (Account.id == Appointment.account_id)
    is_placed = Appointment.lon.is_not(None)
    return (
        select(
            Appointment,
            case((is_placed, Appointment.lon), else_=Account.lon).label("lon"),
            case((is_placed, Appointment.lat), else_=Account.lat).label("lat"),
            Account.name.label("account_name"),
            Account.address.label("account_address"),
        )
        .outerjoin(Account, is_at)
        .where(Appointment.org_id == actor.org_id)
    )


def find_own(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, is_locking: bool = False
) -> Appointment | None:
    """Return one of the actor's own appointments, or None."""
    query = _own(actor).where(Appointment.id == appointment_id)
    if is_locking:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def find_any(session: Session, actor: Actor, appointment_id: uuid.UUID) -> Appointment | None:
    """Return an appointment of the organisation whosever it is (to tell a taken id), or None."""
    query = select(Appointment).where(Appointment.org_id == actor.org_id, Appointment.id == appointment_id)
    return session.scalar(query)


def list_own(
    session: Session, actor: Actor, query: AppointmentQuery
) -> tuple[Sequence[Appointment], str | None]:
    """Return a page of the actor's own appointments, the earliest first, and the mark of the next."""
    found = _own(actor)
    if query.account_id is not None:
        found = found.where(Appointment.account_id == query.account_id)
    if query.since is not None:
        found = found.where(Appointment.ends_at >= clock.start_of_day(query.since, actor.timezone))
    if query.until is not None:
        after = query.until + timedelta(days=1)
        found = found.where(Appointment.starts_at < clock.start_of_day(after, actor.timezone))
    return earliest_first(session, found, query, at=Appointment.starts_at, row_id=Appointment.id)


def _own(actor: Actor) -> Select[Appointment]:
    return select(Appointment).where(
        Appointment.org_id == actor.org_id,
        Appointment.owner_id == actor.user_id,
        Appointment.deleted_at.is_(None),
    )
