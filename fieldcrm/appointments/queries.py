"""Reads of appointments."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.appointments.models import Appointment
from fieldcrm.core.actor import Actor


def list_between(
    session: Session, actor: Actor, *, user_id: uuid.UUID, begin: datetime, end: datetime
) -> Sequence[Any]:
    """Return a person's appointments that touch [begin, end), the earliest first, with their points.

    ``lon``, ``lat`` are the appointment's own place, else its account's.
    """
    is_placed = Appointment.lon.is_not(None)
    account = (Account.org_id == Appointment.org_id) & (Account.id == Appointment.account_id)
    query = (
        select(
            Appointment,
            func.coalesce(Appointment.lon, Account.lon).label("lon"),
            func.coalesce(Appointment.lat, Account.lat).label("lat"),
        )
        .outerjoin(Account, account & ~is_placed)
        .where(
            Appointment.org_id == actor.org_id,
            Appointment.owner_id == user_id,
            Appointment.deleted_at.is_(None),
            Appointment.starts_at < end,
            (Appointment.ends_at > begin) | (Appointment.starts_at >= begin),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return session.execute(query).all()
