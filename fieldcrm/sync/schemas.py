"""Wire shapes of what phones receive."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from fieldcrm.accounts.schemas import AccountOut
from fieldcrm.accounts.settings_schemas import ContactOut
from fieldcrm.appointments.schemas import AppointmentOut
from fieldcrm.core.wire import Wire
from fieldcrm.visits.attachment_schemas import AttachmentOut
from fieldcrm.visits.schemas import ActivityOut, TaskOut


class PullQuery(Wire):
    """Where the phone is, what it took its person to see, and how much it takes at once."""

    cursor: Annotated[int, Field(ge=0, lt=1 << 63)] = 0
    reach: Annotated[str, Field(max_length=64)] | None = None
    limit: Annotated[int, Field(ge=1, le=5000)] = 2000


class Gone(Wire):
    """A row the phone must forget, an account with all that hangs on it."""

    type: Literal["account", "activity", "contact", "task", "appointment", "attachment", "conflict"]
    id: uuid.UUID
    reason: Literal["deleted", "reassigned", "merged", "expired"]
    merged_into: uuid.UUID | None = None


class Changes(Wire):
    """What changed after the cursor, in the order of the change clock.

    With ``reset`` the phone loads a snapshot and drops every row that is not in it.
    """

    cursor: int
    reach: str
    more: bool
    reset: bool
    accounts: list[AccountOut]
    activities: list[ActivityOut]
    contacts: list[ContactOut]
    tasks: list[TaskOut]
    appointments: list[AppointmentOut]
    attachments: list[AttachmentOut]
    conflicts: list[dict[str, Any]]
    gone: list[Gone]


class ClockOut(Wire):
    """The organisation's change clock."""

    clock: int


class SnapshotQuery(Wire):
    """Which part of the first load; what the part before answered is given back."""

    part: Literal["rows", "details", "activities"] = "rows"
    cursor: Annotated[int, Field(ge=0, lt=1 << 63)] | None = None
    working_set: Annotated[str, Field(max_length=400)] | None = None
    after: Annotated[str, Field(max_length=400)] | None = None


class Columns(Wire):
    """A table as columns: ``data[n]`` holds the values of ``columns[n]`` of all rows."""

    columns: list[str]
    data: list[list[Any]]


class Snapshot(Wire):
    """A part of the first load.

    ``cursor`` is where the phone pulls from afterwards, ``next`` where this part goes on,
    ``working_set`` what later parts are asked with. ``total`` counts (in ``rows``) what the person may
    see; with ``is_partial`` the phone holds less.
    """

    part: Literal["rows", "details", "activities"]
    cursor: int
    reach: str
    working_set: str | None
    is_partial: bool
    total: int | None
    next: str | None
    tables: dict[str, Columns]
