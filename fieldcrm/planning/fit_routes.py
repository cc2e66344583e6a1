"""URLs of what fits in: when a visit would, and who near by."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from apiflask import APIBlueprint

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db, transaction
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.planning import fitting
from fieldcrm.planning.asked import Here
from fieldcrm.planning.asking import MOST_DAYS_APART
from fieldcrm.planning.fit_schemas import AroundIn, AroundOut, WhenIn, WhenOut
from fieldcrm.planning.opening import DAY_S
from fieldcrm.planning.org_settings import ruling_of
from fieldcrm.planning.schemas import Worth
from fieldcrm.planning.serialise import worth_json

bp = APIBlueprint("planning_fits", __name__)


@bp.post("/api/plans/when")
@endpoint("plans.create", body=WhenIn, answer=WhenOut, is_stepwise=True)
@details(problems=(404,))
def when(*, actor: Actor, body: WhenIn) -> dict[str, Any]:
    """When would a visit fit in: each day's detour in seconds, beside what one accepted for it."""
    now = clock.now()
    days = body.days
    if days is not None:
        _demand_order(days)
    with transaction(actor) as session:
        if days is None:
            today = clock.local_date(now, actor.timezone)
            days = fitting.days_ahead(today, ruling_of(session, actor))
        question = fitting.ask_when(session, actor, body.account_id, days, now=now)
    found, matrix = fitting.when(question)
    (candidate,) = question.candidates
    return {
        "account_id": str(candidate.id),
        "name": candidate.name,
        "minutes": candidate.minutes,
        "days": [
            {
                "day": str(outing.day.date),
                "holiday": outing.holiday,
                "is_working": outing.shift is not None,
                "is_planned": _is_planned(question, candidate.id, outing.day.date),
                "detour_s": fit.detour_s,
                "begins_s": None if fit.begin_s is None else fit.begin_s - outing.day.number * DAY_S,
                "over_s": fit.over_s if fit.detour_s is None else None,
            }
            for outing, fit in zip(question.outings, found, strict=True)
        ],
        "is_estimated": matrix.is_estimated,
        "travel": matrix.source,
    }


@bp.post("/api/plans/around")
@endpoint("plans.create", body=AroundIn, answer=AroundOut, is_stepwise=True)
def around(*, actor: Actor, body: AroundIn) -> dict[str, Any]:
    """Who near by is worth a visit now, by the value for the time of visit and detour. Nothing is kept."""
    here = Here((body.lon, body.lat), body.at)
    with transaction(actor) as session:
        question = fitting.ask_around(session, actor, here, frozenset(body.leave_out_ids), now=clock.now())
    near, matrix = fitting.around(question)
    return {
        "accounts": [
            {
                "account_id": str(each.candidate.id),
                "name": each.candidate.name,
                "lon": each.candidate.point[0] if each.candidate.point else 0.0,
                "lat": each.candidate.point[1] if each.candidate.point else 0.0,
                "minutes": each.candidate.minutes,
                "worth": worth_json(each.candidate.worth, on=question.on, locale=actor.locale),
                "detour_s": each.fit.detour_s,
                "begins_s": each.fit.begin_s,
                "before_id": each.fit.before_id,
            }
            for each in near
        ],
        "is_estimated": matrix.is_estimated,
        "travel": matrix.source,
    }


@bp.get("/api/accounts/<uuid:account_id>/worth")
@endpoint("accounts.read", answer=Worth)
def worth(*, actor: Actor, account_id: uuid.UUID) -> dict[str, Any]:
    """What a visit today would be worth, and why in a sentence."""
    session, today = db.session(), clock.local_date(clock.now(), actor.timezone)
    found = fitting.worth_of_account(session, actor, account_id, on=today)
    return worth_json(found, on=today, locale=actor.locale)


def _is_planned(question: fitting.Question, account_id: uuid.UUID, day: date) -> bool:
    plan = question.plans.get(day)
    return plan is not None and account_id in plan.account_ids


def _demand_order(days: list[Any]) -> None:
    if any(one >= other for one, other in pairwise(days)):
        raise Invalid(FieldError("days", "days_backwards"))
    if days[-1] - days[0] > timedelta(days=MOST_DAYS_APART):
        raise Invalid(FieldError("days", "days_too_far_apart", {"max": MOST_DAYS_APART}))
