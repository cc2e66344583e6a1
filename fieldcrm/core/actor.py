"""Who acts: passed explicitly from the route to every service."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The four roles of an organisation."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    REP = "rep"
    BACK_OFFICE = "back_office"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system, when ``user_id`` is None) acting inside one organisation."""

    org_id: int
    user_id: uuid.UUID | None
    role: Role
    team_ids: frozenset[uuid.UUID] = frozenset()
    locale: str = "ja"
    timezone: str = "Asia/Tokyo"
    request_id: str | None = None


def system_actor(org_id: int, *, locale: str = "ja", timezone: str = "Asia/Tokyo") -> Actor:
    """Return the actor of command-line work and background jobs."""
    return Actor(org_id=org_id, user_id=None, role=Role.ADMINISTRATOR, locale=locale, timezone=timezone)
