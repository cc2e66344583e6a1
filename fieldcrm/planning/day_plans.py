"""The plan that a person accepted for a day: kept for their phones, read by nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import advance_clock
from fieldcrm.core.errors import FieldError, Invalid, NotFound
from fieldcrm.core.ids import new_id
from fieldcrm.planning import queries
from fieldcrm.planning.models import DayPlan
from fieldcrm.planning.preferences import owner_of

_TOTALS: Final = ("start", "end", "drive_s", "drive_m")


def accept_day(session: Session, actor: Actor, day: date, values: Mapping[str, Any]) -> DayPlan:
    """Keep this as the actor's plan of the day, in place of the former.

    Raises Invalid at the account of a stop that the actor does not see.
    """
    stops = values["stops"]
    seen = {str(row.id) for row in queries.list_chosen(session, actor, _accounts_of(stops))}
    errors = [
        FieldError(f"stops.{number}.account_id", "unknown_reference")
        for number, stop in enumerate(stops)
        if stop["account_id"] is not None and stop["account_id"] not in seen
    ]
    if errors:
        raise Invalid(*errors)
    advance_clock(session)  # one writer at a time: two phones of one person do not make two plans
    plan = queries.find_day_plan(session, actor, day, is_locking=True)
    if plan is None:
        plan = DayPlan(org_id=actor.org_id, id=new_id(), user_id=owner_of(actor), day=day)
        session.add(plan)
    plan.account_ids = sorted(_accounts_of(stops))
    plan.stops = stops
    plan.breaks = values["breaks"]
    plan.totals = {name: values[name] for name in _TOTALS}
    plan.is_estimated = values["is_estimated"]
    plan.accepted_at = clock.now()
    session.flush()
    return plan


def get_day(session: Session, actor: Actor, day: date) -> DayPlan:
    """Return what the actor accepted for a day, or raise NotFound."""
    plan = queries.find_day_plan(session, actor, day)
    if plan is None:
        raise NotFound()
    return plan


def day_json(session: Session, actor: Actor, plan: DayPlan) -> dict[str, Any]:
    """Return the plan as DayPlanOut has it, with the accounts' names and places as they now are.

    Stops at accounts that are gone, or no longer the actor's to see, are left out.
    """
    rows = {str(row.id): row for row in queries.list_chosen(session, actor, plan.account_ids)}
    stops = []
    for stop in plan.stops:
        row = rows.get(stop["account_id"] or "")
        if stop["account_id"] is not None and row is None:
            continue
        place = {"name": row and row.name, "lon": row and row.lon, "lat": row and row.lat}
        stops.append({**stop, **place})
    return {
        "day": str(plan.day),
        "stops": stops,
        "breaks": plan.breaks,
        **{name: plan.totals.get(name) for name in _TOTALS},
        "drive_s": plan.totals.get("drive_s") or 0,
        "is_estimated": plan.is_estimated,
        "accepted_at": clock.iso(plan.accepted_at),
        "version": plan.version,
    }


def _accounts_of(stops: Collection[Mapping[str, Any]]) -> set[uuid.UUID]:
    return {uuid.UUID(stop["account_id"]) for stop in stops if stop["account_id"] is not None}
