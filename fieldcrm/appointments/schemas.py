"""Wire shapes of appointments.

When it is and where it is are one field each: of two people's edits (or two devices') a whole time stands,
never the beginning of one with the end of the other.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated

from pydantic import Field

from fieldcrm.accounts.schemas import Latitude, Longitude
from fieldcrm.appointments import rules
from fieldcrm.core.paging import PageQuery
from fieldcrm.core.wire import Moment, Wire

Title = Annotated[str, Field(min_length=1, max_length=200)]
MailAddress = Annotated[str, Field(min_length=1, max_length=254)]
Invitees = Annotated[list[MailAddress], Field(max_length=rules.MOST_INVITEES)]


class Times(Wire):
    """When it is. Of a whole day: the organisation's days that it touches, from the first to the last."""

    starts_at: Moment
    ends_at: Moment
    is_all_day: bool = False


class Place(Wire):
    """Where it is, where that is not the account's own place: in words, as a point, or both."""

    name: Annotated[str, Field(max_length=200)] | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None


class AppointmentDraft(Wire):
    """A new appointment of one's own; ``id`` may be minted by the client."""

    id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None
    title: Title
    time: Times
    place: Place | None = None
    invitees: Invitees = Field(default_factory=list)


class AppointmentChange(Wire):
    """Changed fields only; ``time`` and ``place`` as a whole."""

    title: Title | None = None
    time: Times | None = None
    place: Place | None = None
    invitees: Invitees | None = None
    base_version: int | None = None


class AppointmentOut(Wire):
    """An appointment as its owner and their phones receive it."""

    id: uuid.UUID
    account_id: uuid.UUID | None
    owner_id: uuid.UUID
    title: str
    time: Times
    place: Place | None
    invitees: list[str]
    version: int
    change_seq: int


class AppointmentQuery(PageQuery):
    """Which of one's own appointments: of an account, of the local days from ``since`` to ``until``."""

    account_id: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None


class AppointmentPage(Wire):
    """One page of appointments, the earliest first."""

    items: list[AppointmentOut]
    next_cursor: str | None
