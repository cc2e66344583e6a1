"""Wire shapes of how a person works and of how an organisation plans."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from fieldcrm.accounts.schemas import Latitude, Longitude, Percent, Weekday
from fieldcrm.core.wire import Wire

_CLOCK: Final = r"^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"


def _on_the_clock(text: str) -> str:
    if not re.fullmatch(_CLOCK, text):
        raise PydanticCustomError("bad_hours", "not a time like 09:00")
    return text


Day = date  # a field called "date" would hide the type
Clock = Annotated[str, AfterValidator(_on_the_clock), WithJsonSchema({"type": "string", "pattern": _CLOCK})]
"""A time of day; 24:00 is the end of it."""
FromTo = Annotated[list[Clock], Field(min_length=2, max_length=2)]
Mode = Literal["car", "bicycle", "walking"]
Minutes = Annotated[int, Field(ge=5, le=480)]
Weight = Annotated[
    int, Field(ge=0, le=100, description="How much a lack of it takes off the value, in per cent.")
]


class PlaceIn(Wire):
    """Somewhere to begin, to end or to stay."""

    lon: Longitude
    lat: Latitude
    name: Annotated[str, Field(max_length=80)] | None = None


class NightAway(PlaceIn):
    """A place where the night after that day is spent: the day ends there, and the next begins there."""

    day: Day


class BreakIn(Wire):
    """A pause of so many minutes that begins between two times of the day."""

    begin_from: Clock
    begin_until: Clock
    minutes: Minutes


class PreferenceIn(Wire):
    """How one works: the whole of it. What is null is as it is for everybody without settings."""

    working_hours: dict[Weekday, FromTo] | None = Field(
        default=None, description="From and until, by weekday; a weekday that is not there is off."
    )
    works_on_holidays: bool = False
    breaks: Annotated[list[BreakIn], Field(max_length=4)] | None = None
    start_place: PlaceIn | None = Field(default=None, description="Where the day begins; else the office.")
    end_place: PlaceIn | None = Field(default=None, description="Where the day ends; else where it began.")
    mode: Mode = "car"
    max_driving_min: Annotated[int, Field(ge=10, le=1440)] | None = None
    nights: Annotated[list[NightAway], Field(max_length=60)] = Field(default_factory=list)


class PreferenceOut(PreferenceIn):
    """How one works, hours and breaks as they hold: only the person themselves is told."""

    working_hours: dict[Weekday, FromTo]
    breaks: list[BreakIn]
    is_own: bool = Field(description="Whether anything was set; else it is what holds for everybody.")


class Weights(Wire):
    """What makes a visit worth it, and how much each counts."""

    win: Weight
    rank: Weight
    due: Weight
    promise: Weight


class WeightsIn(Wire):
    """What is not given stays as it is by default."""

    win: Weight | None = None
    rank: Weight | None = None
    due: Weight | None = None
    promise: Weight | None = None


class RulingOut(Wire):
    """How the organisation plans; phones plan by the same where there is no signal."""

    weights: Weights
    ranks: list[str]
    minutes_by_rank: dict[str, int]
    visit_min: int
    opening: FromTo
    working_days: list[int]
    office: PlaceIn | None
    drive_min_per_value: int
    country: str
    holidays: dict[Day, str] = Field(
        description="The public holidays from a week ago to four months ahead, by day, with their names."
    )


class RulingChange(Wire):
    """What is not given stays; null is as by default."""

    weights: WeightsIn | None = None
    minutes_by_rank: Annotated[dict[str, Minutes], Field(max_length=30)] | None = Field(
        default=None, description="How long a visit takes by rank; else what was learned, else `visit_min`."
    )
    visit_min: Minutes | None = None
    opening: FromTo | None = Field(
        default=None, description="When accounts are taken to be open whose hours nobody knows."
    )
    office: PlaceIn | None = None
    drive_min_per_value: Annotated[int, Field(ge=1, le=240)] | None = Field(
        default=None, description="How many minutes at the wheel one point of value is worth."
    )


class PercentOf(Wire):
    """One factor of a value: how good the account is in it, and how much it counts."""

    factor: Literal["win", "rank", "due", "promise"]
    share: Percent
    weight: Percent
