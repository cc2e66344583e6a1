"""Reads: an organisation's own factors, and the check-ins they are counted from."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import FromClause, func, select
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.travel.calibrating import CheckIn
from fieldcrm.travel.models import TravelFactor

MOST_CHECK_INS: Final = 20_000


def list_factors(session: Session, actor: Actor) -> Sequence[TravelFactor]:
    """Return the organisation's factors."""
    return session.scalars(select(TravelFactor).where(TravelFactor.org_id == actor.org_id)).all()


def last_measured(session: Session, actor: Actor) -> datetime | None:
    """Return when the organisation's factors were last counted."""
    found: datetime | None = session.scalar(
        select(func.max(TravelFactor.measured_at)).where(TravelFactor.org_id == actor.org_id)
    )
    return found


def list_days(
    session: Session, actor: Actor, check_ins: FromClause, *, since: datetime
) -> list[list[CheckIn]]:
    """Return the newest check-ins, those of one person on one day together; whose they are is left behind."""
    found = check_ins.c
    rows = session.execute(
        select(found.user_id, found.occurred_at, found.duration_min, found.lon, found.lat)
        .where(found.org_id == actor.org_id, found.occurred_at >= since)
        .order_by(found.occurred_at.desc())
        .limit(MOST_CHECK_INS)
    )
    zone = ZoneInfo(actor.timezone)
    days: dict[tuple[uuid.UUID, date], list[CheckIn]] = defaultdict(list)
    for user_id, arrived_at, duration_min, lon, lat in rows:
        left_at = arrived_at + timedelta(minutes=duration_min)
        day = arrived_at.astimezone(zone).date()
        days[user_id, day].append(CheckIn(arrived_at, left_at, (lon, lat)))
    return list(days.values())
