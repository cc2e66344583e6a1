"""What an organisation says about its visits: what makes them worth it, how long they take, its office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.identity.organisation import (
    former_ranks_of,
    lock_organisation,
    own_organisation,
    ranks_of,
    set_values,
    working_days_of,
)
from fieldcrm.planning.habits import Place
from fieldcrm.planning.opening import WEEKDAYS, Assumed
from fieldcrm.planning.problem import DRIVE_S_PER_VALUE
from fieldcrm.planning.shifts import DEFAULT_HOURS
from fieldcrm.planning.value import DEFAULT_WEIGHTS

SETTING: Final = "planning"
DEFAULT_VISIT_MIN: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """How an organisation plans; what it has not said is as by default."""

    country: str
    ranks: Sequence[str]
    working_days: Sequence[int]
    weights: Mapping[str, int]
    minutes_by_rank: Mapping[str, int]
    visit_min: int
    opening: tuple[str, str]
    office: Place | None
    drive_s_per_value: int

    @property
    def assumed(self) -> Assumed:
        """Return when accounts are taken to be open whose hours nobody knows."""
        return Assumed((self.opening,), self.working_days)

    @property
    def hours(self) -> dict[str, tuple[str, str]]:
        """Return the working hours of who has not set any."""
        return {WEEKDAYS[number - 1]: DEFAULT_HOURS for number in self.working_days}


def ruling_of(session: Session, actor: Actor) -> Ruling:
    """Return how the actor's organisation plans, in one query."""
    organisation = own_organisation(session, actor)
    chosen: Mapping[str, Any] = organisation.settings.get(SETTING) or {}
    office = chosen.get("office")
    former, minutes = former_ranks_of(organisation), chosen.get("minutes_by_rank") or {}
    opens, closes = chosen.get("opening") or DEFAULT_HOURS
    return Ruling(
        country=organisation.country,
        ranks=ranks_of(organisation),
        working_days=working_days_of(organisation),
        weights={**DEFAULT_WEIGHTS, **(chosen.get("weights") or {})},
        minutes_by_rank={former.get(rank, rank): told for rank, told in minutes.items()},
        visit_min=chosen.get("visit_min") or DEFAULT_VISIT_MIN,
        opening=(opens, closes),
        office=Place(**office) if office else None,
        drive_s_per_value=60 * (chosen.get("drive_min_per_value") or DRIVE_S_PER_VALUE // 60),
    )


def update_ruling(session: Session, actor: Actor, given: Mapping[str, Any]) -> Ruling:
    """Change what is given; null goes back to what it is by default. Phones hear of it by the change clock.

    Raises Invalid at ``minutes_by_rank`` for a rank that the organisation does not have, and at ``opening``
    that ends before it begins.
    """
    organisation = lock_organisation(session, actor)
    errors = []
    if set(given.get("minutes_by_rank") or {}) - set(ranks_of(organisation)):
        errors.append(FieldError("minutes_by_rank", "unknown_reference"))
    opening = given.get("opening")
    if opening and opening[0] >= opening[1]:
        errors.append(FieldError("opening", "hours_backwards"))
    if errors:
        raise Invalid(*errors)
    before: Mapping[str, Any] = organisation.settings.get(SETTING) or {}
    merged = {name: value for name, value in {**before, **given}.items() if value is not None}
    set_values(session, organisation, {SETTING: merged or None})
    return ruling_of(session, actor)
