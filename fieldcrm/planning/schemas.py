"""Wire shapes of plans: what is asked, what is answered, what is kept."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from fieldcrm.accounts.schemas import Latitude, Longitude, Percent
from fieldcrm.core.wire import Moment, Wire
from fieldcrm.planning.settings_schemas import FromTo, PlaceIn

Day = date  # a field called "date" would hide the type
PlannedDate = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
_OURS: Final = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC))


def _in_our_time(at: datetime) -> datetime:
    if not _OURS[0] <= at <= _OURS[1]:
        raise PydanticCustomError("bad_date", "nobody plans for then")
    return at


Now = Annotated[Moment, AfterValidator(_in_our_time)]
AccountIds = Annotated[list[uuid.UUID], Field(max_length=500)]
Seconds = Annotated[int, Field(ge=0, le=100 * 86_400)]
Metres = Annotated[int, Field(ge=0, le=100_000_000)]
Span = Annotated[list[Seconds], Field(min_length=2, max_length=2)]


class DayIn(Wire):
    """A day to plan, and in what it differs from one's usual one."""

    day: PlannedDate
    start: PlaceIn | None = None
    end: PlaceIn | None = None
    shift: FromTo | None = None


class HereIn(Wire):
    """Where and when the rest of the day begins; it is used for this plan and kept nowhere."""

    lon: Longitude
    lat: Latitude
    at: Now


class PlanDraft(Wire):
    """A plan that is asked for."""

    days: Annotated[list[DayIn], Field(min_length=1, max_length=14)] = Field(
        description="In order; several days are planned together."
    )
    user_ids: Annotated[list[uuid.UUID], Field(max_length=10)] | None = Field(
        default=None,
        description="Whose days; one's own when left out. Of several people, who takes whom is told.",
    )
    from_here: HereIn | None = None
    must_ids: AccountIds = Field(default_factory=list, description="Accounts to be visited come what may.")
    leave_out_ids: AccountIds = Field(default_factory=list, description="Accounts not to be visited.")
    account_ids: AccountIds | None = Field(
        default=None, description="Only these; when left out, the best of those people's own."
    )
    order_ids: AccountIds = Field(
        default_factory=list, description="An order made by hand, to compare the plan's driving with."
    )
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class Factor(Wire):
    """One factor of a value: how good the account is in it, and how much a lack of it takes away."""

    factor: Literal["win", "rank", "due", "promise"]
    share: Percent
    weight: Percent


class Worth(Wire):
    """What a visit is worth, and why in a sentence."""

    value: Percent
    sentence: str
    parts: list[Factor]


class StopOut(Wire):
    """A stop: an account, or an appointment. Times are seconds since midnight of the plan's first day."""

    id: str
    account_id: uuid.UUID | None
    name: str
    lon: float
    lat: float
    arrival: int
    start: int
    departure: int
    drive_s: int
    drive_m: int | None
    slack_s: int
    is_must: bool
    is_fixed: bool = Field(description="Whether it is an appointment, at a time of its own.")
    minutes_from: Literal["account", "rank", "usual"] | None = Field(
        description="Who knew how long it takes: learned from the account or its rank, or as usual."
    )
    worth: Worth | None


class PlannedDayOut(Wire):
    """One person's day in order; without a shift nobody goes out."""

    id: str
    day: Day
    user_id: uuid.UUID
    holiday: str | None
    shift: list[int] | None
    start: int | None
    end: int | None
    stops: list[StopOut]
    breaks: list[list[int]]
    drive_s: int
    drive_m: int | None


class ReasonOut(Wire):
    """Why an account was left out; which figures there are depends on the code."""

    code: Literal[
        "no_position",
        "closed",
        "too_far",
        "too_early_late",
        "must_clash",
        "no_time",
        "lower_value",
        "detour",
    ]
    drive_s: int | None = Field(default=None, description="How long the way is, even alone.")
    limit_s: int | None = Field(default=None, description="How long it may be.")
    opens: int | None = None
    closes: int | None = None
    over_s: int | None = Field(default=None, description="How much more time it would need.")
    value: int | None = None
    detour_s: int | None = Field(default=None, description="The driving that it would add.")
    instead_of: list[str] | None = Field(default=None, description="Those that would have to leave.")
    clashing: list[str] | None = Field(
        default=None, alias="with", description="The musts that it cannot be met together with."
    )


class DroppedOut(Wire):
    """An account that is on no day."""

    id: str
    account_id: uuid.UUID | None
    name: str
    lon: float | None
    lat: float | None
    is_must: bool
    minutes: int
    worth: Worth | None
    reason: ReasonOut


class DrivingOut(Wire):
    """Driving of all days together."""

    drive_s: int
    drive_m: int | None


class PlanOut(Wire):
    """A plan. ``is_estimated``: at least one way is not measured on roads; ``is_partial``: time ran out."""

    first_day: Day
    as_of: Moment
    days: list[PlannedDayOut]
    dropped: list[DroppedOut]
    value: int
    drive_s: int
    drive_m: int | None
    is_partial: bool
    is_estimated: bool
    travel: Literal["osrm", "valhalla", "estimate"]
    considered: int = Field(description="How many accounts were planned with.")
    available: int = Field(description="How many there were that might be worth a visit.")
    nearest_first: DrivingOut = Field(
        description="The same visits, each time to the nearest that is left; opening hours aside."
    )
    in_order: DrivingOut | None = Field(description="The same visits in the order made by hand.")


class StopIn(Wire):
    """A stop of a day that is kept."""

    account_id: uuid.UUID | None = None
    appointment_id: uuid.UUID | None = None
    arrival: Seconds
    start: Seconds
    departure: Seconds
    drive_s: Seconds = 0
    drive_m: Metres | None = None
    slack_s: Seconds = 0
    is_must: bool = False


class DayPlanIn(Wire):
    """A day as it was accepted; seconds since its midnight."""

    stops: Annotated[list[StopIn], Field(max_length=100)] = Field(default_factory=list)
    breaks: Annotated[list[Span], Field(max_length=20)] = Field(default_factory=list)
    start: Seconds | None = None
    end: Seconds | None = None
    drive_s: Seconds = 0
    drive_m: Metres | None = None
    is_estimated: bool = True


class DayStopOut(StopIn):
    """A stop of a day that was kept, with the account's name and place as they now are."""

    name: str | None
    lon: float | None
    lat: float | None


class DayPlanOut(Wire):
    """A person's own plan of a day; stops whose account is no longer theirs to see are not in it."""

    day: Day
    stops: list[DayStopOut]
    breaks: list[list[int]]
    start: int | None
    end: int | None
    drive_s: int
    drive_m: int | None
    is_estimated: bool
    accepted_at: Moment
    version: int
