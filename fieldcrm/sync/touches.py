"""What others set since a phone last saw a row: read from the audit log, in the names phones use."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Integer, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.rules import ADDRESS_FIELDS
from fieldcrm.accounts.schemas import AccountFields
from fieldcrm.accounts.settings_schemas import ContactFields
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.schemas import AppointmentChange
from fieldcrm.core.actor import Actor
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import Tracked
from fieldcrm.sync.three_way import Touch, Touches
from fieldcrm.visits.models import Activity, Task
from fieldcrm.visits.schemas import ActivityChange, TaskChange

POSITION: Final = "position"
AFTERWARDS: Final = {"win_prob": "win_prob_after", "status": "status_after"}
"""How an activity's own columns call what phones call so."""
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
_PLACE: Final = frozenset({"lon", "lat"})
_DERIVED: Final = frozenset({"prefecture", "municipality"})

Changes = dict[str, list[Any]]


def touches_since(session: Session, actor: Actor, row: Tracked, version: int | None) -> dict[str, Touch]:
    """Return the fields of ``row`` that others set after its ``version``, as phones name them.

    Others are other people, and oneself on another device. What this device itself sent before is
    what the operation was made on top of.
    """
    name_fields = _NAMING[type(row)]
    touches = Touches()
    for entry in _entries_of_others(session, actor, row, version):
        # What was left empty when a thing was made is nobody's word.
        is_first = entry.action == "create"
        changes = {
            name: pair for name, pair in entry.changes.items() if not is_first or pair[1] not in _EMPTY
        }
        said = name_fields(changes, entry.actor_id)
        touches.add(said, Touch(entry.actor_id, entry.recorded_at or entry.at))
    return touches.found


def is_touched_since(session: Session, actor: Actor, row: Tracked, version: int | None) -> bool:
    """Return whether another person changed ``row`` in any way after its ``version``."""
    entries = _entries_of_others(session, actor, row, version)
    return any(entry.actor_id not in (None, actor.user_id) for entry in entries)


def _entries_of_others(session: Session, actor: Actor, row: Tracked, version: int | None) -> list[AuditEntry]:
    if version is None or version >= row.version:
        return []
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.org_id == actor.org_id,
            AuditEntry.entity_id == row.id,
            AuditEntry.changes["version"][1].astext.cast(Integer) > version,
        )
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    return [
        entry
        for entry in session.scalars(query)
        if entry.actor_id != actor.user_id or entry.device_id != actor.device_id
    ]


def _account(changes: Changes, by: uuid.UUID | None) -> Changes:
    """Return what was set by hand: a place that follows from an address is nobody's word."""
    said = {name: pair for name, pair in changes.items() if name in AccountFields.model_fields}
    is_derived = by is None or bool(changes.keys() & ADDRESS_FIELDS)
    if by is None:
        said = {name: pair for name, pair in said.items() if name not in _DERIVED}
    if changes.keys() & _PLACE and not is_derived:
        said[POSITION] = [None, None]
    return said


def _renamed(names: Mapping[str, str]) -> Callable[[Changes, uuid.UUID | None], Changes]:
    return lambda changes, _by: {names[name]: pair for name, pair in changes.items() if name in names}


_NAMING: Final[Mapping[type[Tracked], Callable[[Changes, uuid.UUID | None], Changes]]] = {
    Account: _account,
    Contact: _renamed({name: name for name in ContactFields.model_fields}),
    Task: _renamed({"done_at": "done", **{name: name for name in TaskChange.model_fields}}),
    Appointment: _renamed(
        {
            **{name: name for name in AppointmentChange.model_fields},
            **dict.fromkeys(("starts_at", "ends_at", "is_all_day"), "time"),
            **dict.fromkeys(("place_name", "lon", "lat"), "place"),
        }
    ),
    Activity: _renamed(
        {
            **{name: name for name in ActivityChange.model_fields},
            **{column: name for name, column in AFTERWARDS.items()},
        }
    ),
}
