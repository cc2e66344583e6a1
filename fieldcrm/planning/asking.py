"""From what was sent to what is asked: days in order, people and accounts named."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.planning.asked import Asked, DayAsked, Here
from fieldcrm.planning.habits import Place
from fieldcrm.planning.preferences import owner_of
from fieldcrm.planning.schemas import DayIn, PlanDraft
from fieldcrm.planning.settings_schemas import PlaceIn

MOST_DAYS_APART: Final = 31


def asked_of(body: PlanDraft, actor: Actor) -> Asked:
    """Return what is asked.

    Raises Invalid at days out of order, a shift that ends before it begins, a here that is on no day.
    """
    dates = [each.day for each in body.days]
    errors = [
        FieldError(f"days.{number}.shift", "hours_backwards")
        for number, each in enumerate(body.days)
        if each.shift is not None and each.shift[0] >= each.shift[1]
    ]
    if any(one >= other for one, other in pairwise(dates)):
        errors.append(FieldError("days", "days_backwards"))
    elif (dates[-1] - dates[0]).days > MOST_DAYS_APART:
        errors.append(FieldError("days", "days_too_far_apart", {"max": MOST_DAYS_APART}))
    here = body.from_here
    if here is not None and clock.local_date(here.at, actor.timezone) not in dates:
        errors.append(FieldError("from_here.at", "here_on_no_day"))
    if errors:
        raise Invalid(*errors)
    return Asked(
        days=[_day(each) for each in body.days],
        user_ids=list(dict.fromkeys(body.user_ids or [owner_of(actor)])),
        here=None if here is None else Here((here.lon, here.lat), here.at),
        must_ids=frozenset(body.must_ids),
        leave_out_ids=frozenset(body.leave_out_ids),
        account_ids=body.account_ids,
        order_ids=body.order_ids,
        seed=body.seed,
    )


def _day(told: DayIn) -> DayAsked:
    shift = None if told.shift is None else (told.shift[0], told.shift[1])
    return DayAsked(told.day, _place(told.start), _place(told.end), shift)


def _place(told: PlaceIn | None) -> Place | None:
    return None if told is None else Place(told.lon, told.lat, told.name)
