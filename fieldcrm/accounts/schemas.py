"""Wire shapes of accounts: what is accepted, and what is answered."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from fieldcrm.core.wire import Moment, Wire

Kind = Literal["company", "person", "property"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Precision = Literal["none", "prefecture", "municipality", "postal", "town", "block", "exact"]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Percent = Annotated[int, Field(ge=0, le=100)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


class PhoneIn(Wire):
    """A number in any local form."""

    number: str = Field(max_length=60)
    label: str | None = Field(default=None, max_length=40)


class AccountFields(Wire):
    """What people may set; of a change only the fields that are present count."""

    kind: Kind = "company"
    name: Name | None = None
    name_kana: str | None = Field(default=None, max_length=200)
    external_id: str | None = Field(default=None, max_length=100)
    postal_code: str | None = Field(default=None, max_length=16)
    prefecture: str | None = Field(default=None, max_length=40)
    municipality: str | None = Field(default=None, max_length=80)
    address: str | None = Field(default=None, max_length=300)
    building: str | None = Field(default=None, max_length=200)
    phones: list[PhoneIn | str] = Field(default_factory=list, max_length=10)
    email: str | None = Field(default=None, max_length=254)
    web: str | None = Field(default=None, max_length=500)
    status: int | None = None
    win_prob: Percent | None = None
    rank: str | None = Field(default=None, max_length=20)
    owner_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None
    tags: list[str] = Field(default_factory=list)
    cadence_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    opening_hours: dict[str, list[list[str]]] | None = None
    notes: str | None = Field(default=None, max_length=10_000)
    custom: dict[str, Any] = Field(default_factory=dict)


class AccountDraft(AccountFields):
    """A new account; ``id`` may be minted by the client. Coordinates are a place someone chose."""

    id: uuid.UUID | None = None
    name: Name
    lon: Longitude | None = None
    lat: Latitude | None = None
    geo_source: Literal["here", "drag", "file"] | None = None


class AccountChange(AccountFields):
    """Changed fields only; ``base_version`` is the version the person was looking at."""

    base_version: int | None = None


class PositionIn(Wire):
    """Where the account really is, by someone who stood there or moved the pin."""

    lon: Longitude
    lat: Latitude
    source: Literal["here", "drag"]
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    base_version: int | None = None


class MergeIn(Wire):
    """Which account takes over."""

    into_id: uuid.UUID


class PhoneOut(Wire):
    """A stored number."""

    number: str
    label: str


class AccountOut(Wire):
    """An account as every list, page and phone receives it."""

    id: uuid.UUID
    kind: Kind
    name: str
    name_kana: str | None
    external_id: str | None
    postal_code: str | None
    prefecture: str | None
    municipality: str | None
    municipality_code: str | None = Field(description="Five digits, as the national register has it")
    address: str | None
    building: str | None
    phones: list[PhoneOut]
    phone_display: str | None
    email: str | None
    web: str | None
    status: int
    win_prob: int | None
    win_prob_by: uuid.UUID | None
    win_prob_at: Moment | None
    rank: str | None
    owner_id: uuid.UUID | None
    team_id: uuid.UUID | None
    tags: list[str]
    cadence_days: int | None
    opening_hours: dict[Weekday, list[tuple[str, str]]] | None
    notes: str | None
    custom: dict[str, Any]
    lon: float | None
    lat: float | None
    precision: Precision
    geo_source: str | None
    geo_at: Moment | None
    geo_flags: list[str]
    geo_matched: str | None
    last_visit_at: Moment | None
    last_outcome: int | None
    last_contact_at: Moment | None
    due_on: date | None
    next_action_on: date | None
    next_action: str | None
    version: int
    change_seq: int
    created_at: Moment
    created_by: uuid.UUID | None
    updated_at: Moment
    deleted_at: Moment | None
    distance_m: float | None = None


class AccountPage(Wire):
    """One page of a list."""

    items: list[AccountOut]
    next_cursor: str | None
    total: int | None = None


class HistoryEntry(Wire):
    """One write; ``changes`` is {field: [old, new]}. ``recorded_at``: when it was done, if offline."""

    at: Moment
    recorded_at: Moment | None
    by: uuid.UUID | None
    by_name: str | None
    action: str
    changes: dict[str, list[Any]]


class HistoryPage(Wire):
    """What happened to an account, newest first; ``names`` resolves the people and teams in it."""

    items: list[HistoryEntry]
    next_cursor: str | None
    names: dict[str, str]
