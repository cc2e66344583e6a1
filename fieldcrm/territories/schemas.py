"""Wire shapes of coverage."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from fieldcrm.accounts.filters import Owner
from fieldcrm.core.wire import Moment, Wire
from fieldcrm.territories.rules import MOST_DAYS

Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]
Rank = Annotated[str, Field(min_length=1, max_length=20)]


class CoverageQuery(Wire):
    """The period, in days back from today, and whose accounts of which rank (all one may see without)."""

    days: Days = Field(default=90, description="How far back, in days from today.")
    owner: Owner | None = None
    rank: Rank | None = None


class CoverageCounts(Wire):
    """The numbers of coverage; ``share`` is ``covered`` in percent of ``accounts``."""

    accounts: int
    covered: int
    share: int | None
    overdue: int
    never_visited: int
    without_cadence: int
    visited: int
    visits: int


class OwnerRow(CoverageCounts):
    """The accounts of one owner; without one: of those that have no owner."""

    owner_id: uuid.UUID | None


class MunicipalityRow(CoverageCounts):
    """The accounts of one municipality; without a code: of those whose municipality is not known."""

    code: str | None
    name: str | None
    prefecture: str | None
    lon: float | None
    lat: float | None


class CoverageOut(Wire):
    """Coverage as of a moment, over the accounts that the caller sees."""

    as_of: Moment
    today: date
    since: date
    days: int
    total: CoverageCounts
    owners: list[OwnerRow]
    municipalities: list[MunicipalityRow]


class MapDraft(Wire):
    """What a map to pass on shows."""

    days: Days = 90
    rank: Rank | None = None
    locale: Literal["ja", "en"] | None = None


class MapOut(Wire):
    """A map to pass on in the making, or ready. ``total`` is the number of accounts on it."""

    id: uuid.UUID
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None
    message: str | None
    size_bytes: int | None
    finished_at: Moment | None
