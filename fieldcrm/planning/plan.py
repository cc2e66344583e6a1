"""What a planner answers: each day's stops in order with their times, and why the others were left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fieldcrm.planning.problem import Span

# What each says can be seen by adding the stop back to the finished plan at its best place.
REASONS = (
    "no_position",  # nobody knows where it is
    "closed",  # no window on any of the days
    "too_far",  # {drive_s, limit_s}: even alone it breaks the shift or the longest driving
    "too_early_late",  # {opens, closes}: even alone it cannot be reached while it is open
    "must_clash",  # {with: [ids]}: a must that cannot be met together with these musts
    "no_time",  # {over_s}: even if all but the musts left, it would need that much more time
    "lower_value",  # {value, instead_of: [ids]}: it fits only where these leave, worth as much or more
    "detour",  # {detour_s, value, instead_of: [ids]}: it fits (where these, if any, leave), but the driving
    # that it adds is not worth the value that it adds
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a stop was left out: one of REASONS, and the figures its sentence needs."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return code and figures as one object."""
        return {"code": self.code, **self.params}


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A visit: ``start`` is when it begins, ``slack_s`` how much later that could be with all the rest kept.

    ``drive_s`` and ``drive_m`` lead here from the place before; 0 where the day begins here.
    """

    id: str
    arrival: int
    start: int
    departure: int
    drive_s: int
    drive_m: int | None
    slack_s: int


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day in order: ``start`` is when to leave, ``end`` when the end place is reached.

    A day without stops stays where it is: it begins and ends with its shift's begin.
    """

    id: str
    stops: tuple[PlannedStop, ...]
    breaks: tuple[Span, ...]
    drive_s: int
    drive_m: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stop that is on no day."""

    id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Plan:
    """The days, in the problem's order; ``value`` sums what is visited.

    ``is_partial``: the time was over before the search was; the plan keeps all rules, better ones may exist.
    """

    days: tuple[PlannedDay, ...]
    dropped: tuple[Dropped, ...]
    value: int
    drive_s: int
    is_partial: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the plan as phones and the API know it."""
        data = asdict(self)
        data["dropped"] = [{"id": one.id, "reason": one.reason.to_json()} for one in self.dropped]
        return data
