"""Who acts: passed explicitly from the route to every service."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fieldcrm.core import clock


class Role(StrEnum):
    """The four roles of an organisation."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    REP = "rep"
    BACK_OFFICE = "back_office"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system, when ``user_id`` is None) acting inside one organisation.

    What arrives late carries when and where it was done: ``recorded_at`` on ``device_id``.
    ``also_reaches`` are accounts beyond the person's scope that this one act may still concern.
    """

    org_id: int
    user_id: uuid.UUID | None
    role: Role
    team_ids: frozenset[uuid.UUID] = frozenset()
    locale: str = "ja"
    timezone: str = "Asia/Tokyo"
    request_id: str | None = None
    recorded_at: datetime | None = None
    device_id: uuid.UUID | None = None
    also_reaches: frozenset[uuid.UUID] = frozenset()

    @property
    def acted_at(self) -> datetime:
        """When it was done: as recorded on the device, else now."""
        return self.recorded_at or clock.now()


def system_actor(org_id: int, *, locale: str = "ja", timezone: str = "Asia/Tokyo") -> Actor:
    """Return the actor of command-line work and background jobs."""
    return Actor(org_id=org_id, user_id=None, role=Role.ADMINISTRATOR, locale=locale, timezone=timezone)
