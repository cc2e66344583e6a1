"""Wire shapes of visits: activities, tasks, outcomes, the team's day."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from fieldcrm.accounts.schemas import Latitude, Longitude, Percent
from fieldcrm.core.wire import Moment, Wire

Day = date  # a field called "date" would hide the type
Channel = Literal["visit", "call", "email", "chat", "video", "web", "other"]
Note = Annotated[str, Field(max_length=10_000)]
Title = Annotated[str, Field(max_length=200)]
Minutes = Annotated[int, Field(ge=0, le=1440)]
ContactIds = Annotated[list[uuid.UUID], Field(max_length=50)]


class CheckIn(Wire):
    """Where the phone was when the rep checked in."""

    lon: Longitude
    lat: Latitude
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None


class ActivityDraft(Wire):
    """A contact to be logged; ``id`` may be minted by the client."""

    id: uuid.UUID | None = None
    account_id: uuid.UUID
    channel: Channel = "visit"
    outcome: int | None = None
    note: Note | None = None
    occurred_at: Moment
    duration_min: Minutes | None = None
    win_prob: Percent | None = None
    status: int | None = None
    next_action: Title | None = None
    next_action_on: date | None = None
    contact_ids: ContactIds = Field(default_factory=list)
    position: CheckIn | None = None


class ActivityChange(Wire):
    """Changed fields only."""

    channel: Channel | None = None
    outcome: int | None = None
    note: Note | None = None
    occurred_at: Moment | None = None
    duration_min: Minutes | None = None
    win_prob: Percent | None = None
    status: int | None = None
    next_action: Title | None = None
    next_action_on: date | None = None
    contact_ids: ContactIds | None = None
    base_version: int | None = None


class AmendmentOut(Wire):
    """What an activity said before it was amended."""

    at: Moment
    by: uuid.UUID | None
    previous: dict[str, Any]


class ActivityOut(Wire):
    """An activity as timelines and phones receive it."""

    id: uuid.UUID
    account_id: uuid.UUID
    user_id: uuid.UUID | None
    channel: Channel
    outcome: int | None
    note: str | None
    occurred_at: Moment
    recorded_at: Moment
    duration_min: int | None
    win_prob_before: int | None
    win_prob_after: int | None
    status_before: int | None
    status_after: int | None
    next_action: str | None
    next_action_on: date | None
    contact_ids: list[uuid.UUID]
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    is_amended: bool
    amendments: list[AmendmentOut]
    version: int
    change_seq: int
    created_at: Moment


class ActivityPage(Wire):
    """One page of a timeline, newest first."""

    items: list[ActivityOut]
    next_cursor: str | None


class TaskDraft(Wire):
    """A new task; ``id`` may be minted by the client. Without ``owner_id`` it is one's own."""

    id: uuid.UUID | None = None
    account_id: uuid.UUID
    title: Annotated[str, Field(min_length=1, max_length=200)]
    due_on: date | None = None
    owner_id: uuid.UUID | None = None


class TaskChange(Wire):
    """Done or not, and when it is due."""

    done: bool | None = None
    due_on: date | None = None
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    base_version: int | None = None


class TaskOut(Wire):
    """Something to do for an account."""

    id: uuid.UUID
    account_id: uuid.UUID
    owner_id: uuid.UUID | None
    title: str
    due_on: date | None
    done_at: Moment | None
    activity_id: uuid.UUID | None
    version: int
    change_seq: int


class TaskPage(Wire):
    """One page of tasks, the earliest due first."""

    items: list[TaskOut]
    next_cursor: str | None


class TeamActivity(ActivityOut):
    """An activity of the team's day, readable without looking anything up."""

    account_name: str
    user_name: str | None


class TeamMemberDay(Wire):
    """What one person did that day."""

    user_id: uuid.UUID | None
    name: str | None
    visits: int
    met: int
    last_at: Moment


class TeamDay(Wire):
    """The team's day, newest first; what was most recently active comes first in ``by_user``."""

    date: Day
    items: list[TeamActivity]
    by_user: list[TeamMemberDay]


class OutcomeIn(Wire):
    """A new outcome."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name_ja: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(min_length=1, max_length=40)]
    position: Annotated[int, Field(ge=0, le=1000)] | None = None


class OutcomeChange(Wire):
    """Changed fields only."""

    name_ja: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    name_en: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    position: Annotated[int, Field(ge=0, le=1000)] | None = None
    is_active: bool | None = None


class OutcomeOut(Wire):
    """How a contact ended, as the organisation names it."""

    no: int
    code: str
    name_ja: str
    name_en: str
    position: int
    is_active: bool


class OutcomeList(Wire):
    """All outcomes, those no longer chosen too."""

    items: list[OutcomeOut]
    next_cursor: str | None = None
