"""Two questions to the days as they stand: when would a visit fit in, and who near by is worth one now."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from fieldcrm.accounts.service import get_account
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.planning import queries
from fieldcrm.planning.asked import Asked, DayAsked, Here, Outing, on_axis
from fieldcrm.planning.assembling import Places, opening_days
from fieldcrm.planning.candidates import Candidate, choose, worth_of
from fieldcrm.planning.gathering import own_outings
from fieldcrm.planning.habits import Habits
from fieldcrm.planning.org_settings import Ruling, ruling_of
from fieldcrm.planning.preferences import habits_of, owner_of
from fieldcrm.planning.standing import Accepted, Fit, Standing, fits, standing_of
from fieldcrm.planning.value import Value
from fieldcrm.travel import service as travel
from fieldcrm.travel.service import Factors, Matrix

NEAR_BY: Final = 40
"""How many of the nearest accounts are looked at."""
TOLD: Final = 20
_AHEAD: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The days, what was accepted for them, and the accounts that might be added."""

    outings: Sequence[Outing]
    plans: Mapping[date, Accepted]
    accounts: Mapping[str, Any]
    candidates: Sequence[Candidate]
    ruling: Ruling
    habits: Habits
    factors: Factors
    from_s: int = 0
    on: date


@dataclass(frozen=True, slots=True)
class Near:
    """An account near by, and what a visit now would add to the rest of the day."""

    candidate: Candidate
    fit: Fit


def ask_when(
    session: Session, actor: Actor, account_id: uuid.UUID, days: Sequence[date], *, now: datetime
) -> Question:
    """Return what is needed to say on which of the days a visit would fit in. NotFound: no such account."""
    get_account(session, actor, account_id)
    asked = Asked(days=[DayAsked(day) for day in days], user_ids=[owner_of(actor)])
    rows = queries.list_chosen(session, actor, [account_id])
    return _question(session, actor, asked, rows, now=now)


def ask_around(
    session: Session, actor: Actor, here: Here, leave_out_ids: frozenset[uuid.UUID], *, now: datetime
) -> Question:
    """Return what is needed to say who near a place is worth a visit now.

    Raises Invalid at accounts to be left out that the actor does not see.
    """
    day = clock.local_date(here.at, actor.timezone)
    asked = Asked(days=[DayAsked(day)], user_ids=[owner_of(actor)], here=here)
    plan = queries.list_day_plans(session, actor, [day]).get(day)
    seen = {row.id for row in queries.list_chosen(session, actor, leave_out_ids)}
    if seen != leave_out_ids:
        raise Invalid(FieldError("leave_out_ids", "unknown_reference"))
    but = leave_out_ids | frozenset(plan.account_ids if plan is not None else ())
    rows = queries.list_around(
        session, actor, owner_id=owner_of(actor), point=here.point, limit=NEAR_BY, but=but
    )
    today = clock.start_of_day(day, actor.timezone)
    rows = [row for row in rows if row.last_visit_at is None or row.last_visit_at < today]
    return _question(session, actor, asked, rows, now=now)


def worth_of_account(session: Session, actor: Actor, account_id: uuid.UUID, *, on: date) -> Value:
    """Return what a visit at the account is worth by a day. NotFound: no such account."""
    get_account(session, actor, account_id)
    (row,) = queries.list_chosen(session, actor, [account_id])
    return worth_of(row, ruling_of(session, actor), on=on, timezone=actor.timezone)


def when(question: Question) -> tuple[list[Fit], Matrix]:
    """Return for each day what the visit would add, and where the ways are from."""
    places, standings, matrix = _laid_out(question)
    days = [opening_days([each]) for each in question.outings]
    found = [
        fits(
            standing, question.candidates, places=places, matrix=matrix, days=day,
            assumed=question.ruling.assumed,
        )[0]
        for standing, day in zip(standings, days, strict=True)
    ]  # fmt: skip
    return found, matrix


def around(question: Question) -> tuple[list[Near], Matrix]:
    """Return who fits in, the best first: the value for the time that a visit takes with its detour."""
    places, standings, matrix = _laid_out(question)
    found = fits(
        standings[0], question.candidates, places=places, matrix=matrix,
        days=opening_days(question.outings), assumed=question.ruling.assumed,
    )  # fmt: skip
    near = [
        Near(candidate, fit)
        for candidate, fit in zip(question.candidates, found, strict=True)
        if fit.detour_s is not None
    ]
    near.sort(key=lambda each: (-_by_the_hour(each), each.candidate.id))
    return near[:TOLD], matrix


def days_ahead(today: date, ruling: Ruling) -> list[date]:
    """Return the organisation's working days of the next two weeks, today among them."""
    days = (today + timedelta(days=n) for n in range(_AHEAD))
    return [day for day in days if day.isoweekday() in ruling.working_days] or [today]


def _question(
    session: Session, actor: Actor, asked: Asked, rows: Sequence[Any], *, now: datetime
) -> Question:
    ruling = ruling_of(session, actor)
    habits = habits_of(session, actor, ruling)
    outings = own_outings(session, actor, asked, habits=habits, ruling=ruling)
    plans = {
        day: Accepted(tuple(plan.stops), frozenset(plan.account_ids))
        for day, plan in queries.list_day_plans(session, actor, [each.date for each in asked.days]).items()
    }
    planned = {account_id for plan in plans.values() for account_id in plan.account_ids}
    accounts = {str(row.id): row for row in queries.list_chosen(session, actor, planned)}
    found = choose(
        session, actor, rows, ruling=ruling, on=asked.last_day, user_ids=asked.user_ids, anchors=(),
        kept_ids={row.id for row in rows}, most=len(rows), now=now,
    )  # fmt: skip
    from_s = 0 if asked.here is None else on_axis(asked.here.at, asked.first_day, actor.timezone)
    factors = travel.find_factors(session, actor)
    return Question(
        outings=outings, plans=plans, accounts=accounts, candidates=found.candidates, ruling=ruling,
        habits=habits, factors=factors, from_s=from_s, on=asked.last_day,
    )  # fmt: skip


def _laid_out(question: Question) -> tuple[Places, list[Standing], Matrix]:
    places = Places()
    places.take([each for each in question.outings if each.shift is not None])
    asked_about = {str(each.id) for each in question.candidates}
    standings = [
        standing_of(
            each, question.plans.get(each.day.date), question.accounts, places, from_s=question.from_s,
            but=asked_about,
        )
        for each in question.outings
    ]  # fmt: skip
    for candidate in question.candidates:
        places.number(candidate.point)
    return (
        places,
        standings,
        travel.matrix(places.points, mode=question.habits.mode, factors=question.factors),
    )


def _by_the_hour(near: Near) -> float:
    taken_s = near.candidate.service_s + (near.fit.detour_s or 0)
    return near.candidate.worth.value / max(taken_s, 60)
