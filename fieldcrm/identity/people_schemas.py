"""Wire shapes of people, invitations and teams as administrators look after them."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field

from fieldcrm.core.actor import Role
from fieldcrm.core.wire import Moment, Wire
from fieldcrm.identity import rules

Name = Annotated[str, Field(min_length=1, max_length=80)]
Ids = Annotated[list[uuid.UUID], Field(max_length=1000)]


class PersonOut(Wire):
    """Somebody of the organisation; ``last_seen_at`` of their living sessions, never where.

    ``new_email`` waits until ``new_email_until`` to be confirmed by who reads its mail.
    """

    id: uuid.UUID
    email: str
    name: str
    role: Role
    is_active: bool
    team_ids: list[uuid.UUID]
    last_seen_at: Moment | None
    new_email: str | None
    new_email_until: Moment | None


class PeopleList(Wire):
    """One page of everybody, by name."""

    items: list[PersonOut]
    next_cursor: str | None


class PersonChange(Wire):
    """What is not given stays."""

    name: Name | None = None
    role: Role | None = None
    team_ids: Ids | None = None


class EmailChange(Wire):
    """The e-mail address a person is to sign in with."""

    email: Annotated[str, Field(min_length=1, max_length=rules.MAX_EMAIL)]


class Leaving(Wire):
    """Who takes over what is theirs: somebody, or (null) nobody yet."""

    owner_id: uuid.UUID | None = None


class HandedOver(Wire):
    """How many accounts and open tasks changed hands."""

    accounts: int
    tasks: int


class InvitationIn(Wire):
    """Whom to ask to join, as what, in which language."""

    email: Annotated[str, Field(min_length=1, max_length=rules.MAX_EMAIL)]
    name: Name
    role: Role
    locale: Literal["ja", "en"] = "ja"
    team_ids: Ids = Field(default_factory=list)


class InvitationOut(Wire):
    """An invitation that waits; ``mailed_at`` is null until its mail has been handed to the mail server."""

    id: uuid.UUID
    email: str
    name: str
    role: Role
    locale: str
    team_ids: list[uuid.UUID]
    created_at: Moment
    expires_at: Moment
    mailed_at: Moment | None


class InvitationList(Wire):
    """One page of the invitations that wait, newest first."""

    items: list[InvitationOut]
    next_cursor: str | None


class InvitationLink(Wire):
    """The link that is open now, to be handed over by other means."""

    link: str


class TeamOut(Wire):
    """A team and who is in it."""

    id: uuid.UUID
    name: str
    user_ids: list[uuid.UUID]


class TeamList(Wire):
    """One page of the teams, by name."""

    items: list[TeamOut]
    next_cursor: str | None


class TeamIn(Wire):
    """A new team."""

    name: Name
    user_ids: Ids = Field(default_factory=list)


class TeamChange(Wire):
    """What is not given stays."""

    name: Name | None = None
    user_ids: Ids | None = None


class Dissolution(Wire):
    """Which team people and accounts go over to, or (null) none."""

    team_id: uuid.UUID | None = None


class Dissolved(Wire):
    """How many people were in it, and how many of its accounts changed hands."""

    people: int
    accounts: int
