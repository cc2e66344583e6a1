"""Wire shapes of what fits in: when a visit would, and who near by."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from fieldcrm.accounts.schemas import Latitude, Longitude
from fieldcrm.core.wire import Wire
from fieldcrm.planning.schemas import AccountIds, Now, PlannedDate, Worth

Day = date  # a field called "date" would hide the type
Travel = Literal["osrm", "valhalla", "estimate"]


class WhenIn(Wire):
    """An account, and the days that come into question: the working days of two weeks when left out."""

    account_id: uuid.UUID
    days: Annotated[list[PlannedDate], Field(min_length=1, max_length=31)] | None = None


class DayFit(Wire):
    """What a visit would add to a day as it stands.

    It fits where ``detour_s`` is told; ``over_s`` is by how much it misses; neither: closed, or a day off.
    """

    day: Day
    holiday: str | None
    is_working: bool
    is_planned: bool = Field(description="Whether the account is in the accepted plan of that day already.")
    detour_s: int | None
    begins_s: int | None = Field(description="When it would begin, in seconds since midnight of its day.")
    over_s: int | None


class WhenOut(Wire):
    """The days in order, each with what the visit would add."""

    account_id: uuid.UUID
    name: str
    minutes: int
    days: list[DayFit]
    is_estimated: bool
    travel: Travel


class AroundIn(Wire):
    """Where one stands now; it is used for this answer and kept nowhere."""

    lon: Longitude
    lat: Latitude
    at: Now
    leave_out_ids: AccountIds = Field(default_factory=list, description="Accounts not to be told of.")


class NearOut(Wire):
    """An account near by that fits into the rest of the day."""

    account_id: uuid.UUID
    name: str
    lon: float
    lat: float
    minutes: int
    worth: Worth
    detour_s: int
    begins_s: int = Field(description="When it would begin, in seconds since midnight.")
    before_id: str | None = Field(description="The planned stop before which it goes; null: the last.")


class AroundOut(Wire):
    """Who is worth it, the best first: the value for the time that visit and detour take."""

    accounts: list[NearOut]
    is_estimated: bool
    travel: Travel
