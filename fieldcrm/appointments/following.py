"""Appointments go where their account goes, and the coming ones with an account to who takes it over."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts.signals import accounts_merged, owner_left
from fieldcrm.appointments import busy_calendars, feeds
from fieldcrm.appointments.models import Appointment
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.restamp import rehang


@accounts_merged.connect
def move_to_survivor(session: Session, *, actor: Actor, loser_id: uuid.UUID, survivor_id: uuid.UUID) -> None:
    """Move them to the account that stays."""
    rehang(session, actor, Appointment, from_id=loser_id, to_id=survivor_id)


@owner_left.connect
def hand_over_appointments(
    session: Session, *, actor: Actor, user_id: uuid.UUID, heir_id: uuid.UUID | None
) -> dict[str, int]:
    """Give the heir what the person still has ahead with accounts; what is their own matter stays theirs.

    Their links with calendars elsewhere end.
    """
    feeds.end_feeds_of(session, actor, user_id)
    busy_calendars.forget(session, actor, user_id)
    if heir_id is None:
        return {"appointments": 0}
    advance_clock(session)
    ahead = select(Appointment).where(
        Appointment.org_id == actor.org_id,
        Appointment.owner_id == user_id,
        Appointment.account_id.is_not(None),
        Appointment.ends_at >= clock.now(),
        Appointment.deleted_at.is_(None),
    )
    found = session.scalars(ahead.order_by(Appointment.id)).all()
    for appointment in found:
        appointment.owner_id = heir_id
    session.flush()
    return {"appointments": len(found)}
