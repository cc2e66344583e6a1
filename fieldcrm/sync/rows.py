"""Rows as phones keep them: the store a table is kept in, and the row as JSON."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.serialise import account_json, contact_json
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.serialise import appointment_json
from fieldcrm.core import audit
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import Tracked
from fieldcrm.sync.models import Conflict
from fieldcrm.sync.whose import within_reach
from fieldcrm.visits import queries as visits
from fieldcrm.visits.models import Activity, Attachment, Task
from fieldcrm.visits.serialise import activity_json, attachment_json, task_json

CONFLICT_FIELDS: Final = (
    "id", "entity", "entity_id", "account_id", "field", "current_value", "current_by", "current_at",
    "other_value", "other_by", "other_at", "settled_at", "settled_by", "choice", "version", "change_seq",
)  # fmt: skip


def conflict_json(row: Any) -> dict[str, Any]:
    """Return the conflict as phones keep it."""
    return {name: audit.plain(getattr(row, name)) for name in CONFLICT_FIELDS}


Writer = Callable[[Session, Actor, Any], dict[str, Any]]
TABLES: Final[Mapping[type[Tracked], Writer]] = {
    Account: lambda _session, _actor, row: account_json(row),
    Contact: lambda _session, _actor, row: contact_json(row),
    Activity: lambda session, actor, row: activity_json(row, visits.amendments_of(session, actor, [row])),
    Task: lambda _session, _actor, row: task_json(row),
    Appointment: lambda _session, _actor, row: appointment_json(row),
    Attachment: lambda _session, _actor, row: attachment_json(row),
    Conflict: lambda _session, _actor, row: conflict_json(row),
}
_BY_STORE: Final[Mapping[str, Any]] = {table.__tablename__: table for table in TABLES}

Key = tuple[str, str]


def is_kept(row: Tracked) -> bool:
    """Return whether phones keep the row: of such a kind, and there (an account may be brought back)."""
    return type(row) in TABLES and (row.deleted_at is None or isinstance(row, Account))


def key_of(row: Tracked) -> Key:
    """Return the store and the id of a row."""
    return row.__tablename__, str(row.id)


def as_row(session: Session, actor: Actor, row: Tracked) -> dict[str, Any]:
    """Return {store, value}."""
    return {"store": row.__tablename__, "value": TABLES[type(row)](session, actor, row)}


def read_rows(session: Session, actor: Actor, keys: Iterable[Sequence[str]]) -> dict[Key, dict[str, Any]]:
    """Return the rows as they now are, of those that still are there and within the actor's reach."""
    wanted: dict[str, list[uuid.UUID]] = {}
    for store, row_id in keys:
        wanted.setdefault(store, []).append(uuid.UUID(row_id))
    found: dict[Key, dict[str, Any]] = {}
    for store, ids in wanted.items():
        table = _BY_STORE[store]
        query = select(table).where(table.org_id == actor.org_id, table.id.in_(ids))
        if table is not Account:
            query = query.where(table.deleted_at.is_(None))
        for row in session.scalars(within_reach(query, actor, table)):
            found[key_of(row)] = as_row(session, actor, row)
    return found
