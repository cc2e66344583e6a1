"""How a person works, as they set it themselves: hours, breaks, places, nights away. Nobody else is told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.core import audit
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.errors import FieldError, Invalid, NotFound
from fieldcrm.planning.habits import Habits, Place
from fieldcrm.planning.models import PlanningPreference
from fieldcrm.planning.opening import seconds
from fieldcrm.planning.org_settings import Ruling
from fieldcrm.planning.shifts import DEFAULT_BREAKS, Pause
from fieldcrm.travel.service import Mode

FIELDS: Final = (
    "working_hours", "works_on_holidays", "breaks", "start_place", "end_place", "mode", "max_driving_min",
    "nights",
)  # fmt: skip


def usual_habits(ruling: Ruling) -> Habits:
    """Return how people work of whom nothing is known, or nothing may be used: from the office and back."""
    return Habits(hours=ruling.hours, start=ruling.office, end=ruling.office, nights={})


def habits_of(session: Session, actor: Actor, ruling: Ruling) -> Habits:
    """Return how ``actor`` works themselves."""
    row = find_preference(session, actor)
    if row is None:
        return usual_habits(ruling)
    start = _place(row.start_place) or ruling.office
    return Habits(
        hours=ruling.hours if row.working_hours is None else row.working_hours,
        works_on_holidays=row.works_on_holidays,
        breaks=DEFAULT_BREAKS if row.breaks is None else [_pause(each) for each in row.breaks],
        start=start,
        end=_place(row.end_place) or start,
        mode=_mode(row.mode),
        max_driving_s=None if row.max_driving_min is None else row.max_driving_min * 60,
        nights={date.fromisoformat(each["day"]): Place(**_without_day(each)) for each in row.nights},
    )


def find_preference(session: Session, actor: Actor) -> PlanningPreference | None:
    """Return the actor's own row, or None."""
    query = select(PlanningPreference).where(
        PlanningPreference.org_id == actor.org_id, PlanningPreference.user_id == actor.user_id
    )
    return session.scalars(query.order_by(PlanningPreference.id).limit(1)).one_or_none()


def set_preference(session: Session, actor: Actor, values: Mapping[str, Any]) -> PlanningPreference:
    """Have exactly these settings. That they changed is written down, what they are is not.

    Raises Invalid at a day that ends before it begins, a break likewise, a night that is there twice.
    """
    owner_id = owner_of(actor)
    errors = [*_errors(values)]
    if errors:
        raise Invalid(*errors)
    advance_clock(session)  # one writer at a time: two phones of one person do not make two rows
    row = find_preference(session, actor)
    if row is None:
        row = PlanningPreference(org_id=actor.org_id, id=owner_id, user_id=owner_id)
        session.add(row)
    for name in FIELDS:
        setattr(row, name, values[name])
    session.flush()
    audit.record(session, action="update", entity="planning_preferences", entity_id=row.id, changes={})
    return row


def owner_of(actor: Actor) -> uuid.UUID:
    """Return whose plans and settings these are; the system has none."""
    if actor.user_id is None:
        raise NotFound()
    return actor.user_id


def _errors(values: Mapping[str, Any]) -> Iterator[FieldError]:
    for day, span in (values["working_hours"] or {}).items():
        if span[0] >= span[1]:
            yield FieldError(f"working_hours.{day}", "hours_backwards")
    for index, pause in enumerate(values["breaks"] or ()):
        if pause["begin_from"] > pause["begin_until"]:
            yield FieldError(f"breaks.{index}", "hours_backwards")
    nights = [night["day"] for night in values["nights"]]
    for index, day in enumerate(nights):
        if day in nights[:index]:
            yield FieldError(f"nights.{index}.day", "repeated")


def _place(told: Mapping[str, Any] | None) -> Place | None:
    return Place(**told) if told else None


def _without_day(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "day"}


def _pause(told: Mapping[str, Any]) -> Pause:
    return Pause(seconds(told["begin_from"]), seconds(told["begin_until"]), told["minutes"] * 60)


def _mode(text: str) -> Mode:
    return "bicycle" if text == "bicycle" else "walking" if text == "walking" else "car"
