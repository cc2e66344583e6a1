"""URLs of how a person works, and of how an organisation plans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from apiflask import APIBlueprint

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.holidays import holiday_name
from fieldcrm.planning.models import PlanningPreference
from fieldcrm.planning.org_settings import Ruling, ruling_of, update_ruling
from fieldcrm.planning.preferences import FIELDS, find_preference, set_preference
from fieldcrm.planning.settings_schemas import (
    PlaceIn,
    PreferenceIn,
    PreferenceOut,
    RulingChange,
    RulingOut,
    Weights,
)
from fieldcrm.planning.shifts import DEFAULT_BREAKS, Pause

bp = APIBlueprint("planning_settings", __name__)

_TOLD_BACK: Final = timedelta(days=7)
_TOLD_AHEAD: Final = timedelta(days=120)


@bp.get("/api/planning/preferences")
@endpoint("plans.read", answer=PreferenceOut)
def get_preferences(*, actor: Actor) -> PreferenceOut:
    """Return how one works oneself: hours, breaks, places, nights away."""
    session = db.session()
    return _preference_out(find_preference(session, actor), ruling_of(session, actor))


@bp.put("/api/planning/preferences")
@endpoint("plans.update", body=PreferenceIn, answer=PreferenceOut)
def put_preferences(*, actor: Actor, body: PreferenceIn) -> PreferenceOut:
    """Say how one works; no one else can read it, administrators neither."""
    session = db.session()
    row = set_preference(session, actor, body.model_dump(mode="json"))
    return _preference_out(row, ruling_of(session, actor))


@bp.get("/api/planning/settings")
@endpoint("accounts.read", answer=RulingOut)
def get_ruling(*, actor: Actor) -> RulingOut:
    """Return how the organisation plans: weights, durations, assumed hours, office, holidays."""
    return _ruling_out(ruling_of(db.session(), actor), _today(actor))


@bp.patch("/api/planning/settings")
@endpoint("accounts.settings", body=RulingChange, answer=RulingOut)
def change_ruling(*, actor: Actor, body: RulingChange) -> RulingOut:
    """Change how the organisation plans."""
    given = body.model_dump(mode="json", exclude_unset=True)
    if given.get("weights"):
        given["weights"] = {name: each for name, each in given["weights"].items() if each is not None}
    return _ruling_out(update_ruling(db.session(), actor, given), _today(actor))


def _today(actor: Actor) -> date:
    return clock.local_date(clock.now(), actor.timezone)


def _preference_out(row: PlanningPreference | None, ruling: Ruling) -> PreferenceOut:
    stored: Mapping[str, Any] = {} if row is None else {name: getattr(row, name) for name in FIELDS}
    told = {name: value for name, value in stored.items() if value is not None}
    usual = {
        "working_hours": {day: list(span) for day, span in ruling.hours.items()},
        "breaks": [_break_json(each) for each in DEFAULT_BREAKS],
    }
    return PreferenceOut.model_validate({**usual, **told, "is_own": row is not None})


def _break_json(pause: Pause) -> dict[str, Any]:
    return {
        "begin_from": _clock(pause.from_s),
        "begin_until": _clock(pause.to_s),
        "minutes": pause.duration_s // 60,
    }


def _clock(moment_s: int) -> str:
    return f"{moment_s // 3600:02}:{moment_s % 3600 // 60:02}"


def _ruling_out(ruling: Ruling, today: date) -> RulingOut:
    days = (today - _TOLD_BACK + timedelta(days=n) for n in range((_TOLD_BACK + _TOLD_AHEAD).days))
    named = {day: holiday_name(day, ruling.country) for day in days}
    return RulingOut(
        weights=Weights.model_validate(ruling.weights),
        ranks=list(ruling.ranks),
        minutes_by_rank=dict(ruling.minutes_by_rank),
        visit_min=ruling.visit_min,
        opening=list(ruling.opening),
        working_days=list(ruling.working_days),
        office=None if ruling.office is None else PlaceIn.model_validate(ruling.office),
        drive_min_per_value=ruling.drive_s_per_value // 60,
        country=ruling.country,
        holidays={day: name for day, name in named.items() if name is not None},
    )
