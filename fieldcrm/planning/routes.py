"""URLs of plans: ask for one, keep the day one accepted, read it."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db, transaction
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.planning import day_plans, messages, service
from fieldcrm.planning.asking import asked_of
from fieldcrm.planning.schemas import DayPlanIn, DayPlanOut, PlanDraft, PlanOut
from fieldcrm.planning.serialise import plan_json

__all__ = ["bp", "messages"]

bp = APIBlueprint("planning", __name__)


@bp.post("/api/plans")
@endpoint("plans.create", body=PlanDraft, answer=PlanOut, is_stepwise=True)
def make_plan(*, actor: Actor, body: PlanDraft) -> dict[str, Any]:
    """Plan days: whom to visit, in which order, and why others were left out. Nothing is kept."""
    asked = asked_of(body, actor)
    with transaction(actor) as session:
        gathered = service.gather(session, actor, asked, now=clock.now())
    return plan_json(service.plan_days(asked, gathered), locale=actor.locale)


@bp.put("/api/plans/<date:day>")
@endpoint("plans.update", body=DayPlanIn, answer=DayPlanOut)
def accept_day(*, actor: Actor, day: date, body: DayPlanIn) -> dict[str, Any]:
    """Keep a day as one's own plan, for one's other phones; no one else can read it."""
    session = db.session()
    plan = day_plans.accept_day(session, actor, day, body.model_dump(mode="json"))
    return day_plans.day_json(session, actor, plan)


@bp.get("/api/plans/<date:day>")
@endpoint("plans.read", answer=DayPlanOut)
@details(problems=(404,))
def get_day(*, actor: Actor, day: date) -> dict[str, Any]:
    """Return what one accepted for a day."""
    session = db.session()
    return day_plans.day_json(session, actor, day_plans.get_day(session, actor, day))
