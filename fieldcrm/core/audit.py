"""The audit log: every write, by whom, when, from what to what. Append-only for the application.

It is also the history of every field: an account's history is its rows here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeGuard, cast

from sqlalchemy import Index, Table, Text, event, insert, inspect, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from fieldcrm.core import bulk, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import TenantModel, Tracked
from fieldcrm.core.ids import new_id

Changes = Mapping[str, tuple[object, object]]

COMMON_ACTIONS: Final = ("create", "update")
"""What nearly all entries are: looked for without an index of their own, which every write would pay for."""

_BOOKKEEPING = frozenset({"org_id", "change_seq", "created_at", "created_by", "updated_at"})


class AuditEntry(TenantModel):
    """One write: ``changes`` is ``{field: [old, new]}``.

    ``recorded_at`` and ``device_id`` tell of work done offline when and where; ``at`` is when it came in.
    """

    __tablename__ = "audit_log"
    __audited__ = False
    __table_args__ = (
        Index("audit_log_entity_ix", "org_id", "entity_id", "at"),
        Index("audit_log_newest_ix", "org_id", "at", "id"),
        Index("audit_log_actor_ix", "org_id", "actor_id", "at", "id"),
        Index("audit_log_kind_ix", "org_id", "entity", "at", "id"),
        Index(
            "audit_log_action_ix",
            "org_id",
            "action",
            "at",
            "id",
            postgresql_where=text(" and ".join(f"action <> '{each}'" for each in COMMON_ACTIONS)),
        ),
    )

    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[uuid.UUID | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    request_id: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime | None]
    device_id: Mapped[uuid.UUID | None]


_TABLE = cast("Table", AuditEntry.__table__)
_JSON = frozenset({str, int, float, bool, type(None)})
# Copying pays from here on.
_FEW = 50


def record(
    session: Session, *, action: str, entity: str, entity_id: uuid.UUID | None, changes: Changes
) -> None:
    """Add one entry to the running transaction (sign-ins, exports, bulk writes)."""
    record_many(session, action=action, entity=entity, changes_by_id=[(entity_id, changes)])


def record_many(
    session: Session,
    *,
    action: str,
    entity: str,
    changes_by_id: Iterable[tuple[uuid.UUID | None, Changes]],
) -> None:
    """Add an entry for each changed row, in one statement: what bulk writers call."""
    actor: Actor = session.info["actor"]
    rows = _rows((action, entity, entity_id, changes, actor) for entity_id, changes in changes_by_id)
    if len(rows) <= _FEW:
        _insert(session, rows)
    else:
        columns = tuple(rows[0])
        bulk.insert_rows(session, _TABLE, columns, (list(row.values()) for row in rows))


def _insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.connection().execute(insert(AuditEntry), rows)


def _rows(
    entries: Iterable[tuple[str, str, uuid.UUID | None, Changes, Actor]],
) -> list[dict[str, Any]]:
    moment = clock.now()
    return [
        {
            "org_id": actor.org_id,
            "id": new_id(),
            "at": moment,
            "actor_id": actor.user_id,
            "action": action,
            "entity": entity,
            "entity_id": entity_id,
            "changes": dict(changes),
            "request_id": actor.request_id,
            "recorded_at": actor.recorded_at,
            "device_id": actor.device_id,
        }
        for action, entity, entity_id, changes, actor in entries
    ]


def plain(value: object) -> object:
    """Return ``value`` as JSON can hold it."""
    if type(value) in _JSON:
        return value
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, (date, uuid.UUID)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def _is_audited(row: object) -> TypeGuard[TenantModel]:
    return isinstance(row, TenantModel) and getattr(row, "__audited__", True)


def _changes_of(row: TenantModel) -> dict[str, tuple[object, object]]:
    hidden = _BOOKKEEPING | getattr(type(row), "__audit_hidden__", frozenset())
    found: dict[str, tuple[object, object]] = {}
    for attribute in inspect(row).attrs:
        if attribute.key in hidden or attribute.key not in row.__mapper__.column_attrs:
            continue
        history = attribute.history
        if not history.has_changes():
            continue
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if old != new:
            found[attribute.key] = (old, new)
    return found


def _versioned(row: TenantModel, changes: Changes) -> Changes:
    """Name the row's version also where an earlier write of the same transaction raised it."""
    if isinstance(row, Tracked) and "version" not in changes:
        return {**changes, "version": (row.version, row.version)}
    return changes


def _action_of(row: TenantModel, changes: Changes) -> str:
    if isinstance(row, Tracked) and "deleted_at" in changes:
        return "restore" if row.deleted_at is None else "delete"
    return "update"


@event.listens_for(Session, "before_flush")
def _audit_writes(session: Session, _context: object, _instances: object) -> None:
    fresh = list(filter(_is_audited, session.new))
    for row in fresh:
        if vars(row).get("id") is None:
            row.id = new_id()
    edited = [(row, _changes_of(row)) for row in filter(_is_audited, session.dirty)]
    pending = [
        *(("create", row, _changes_of(row)) for row in fresh),
        *((_action_of(row, changes), row, _versioned(row, changes)) for row, changes in edited if changes),
        *(("erase", row, {}) for row in filter(_is_audited, session.deleted)),
    ]
    acts: Mapping[uuid.UUID, Actor] = session.info.get("acts") or {}
    default: Actor = session.info["actor"]
    _insert(
        session,
        _rows(
            (action, row.__tablename__, row.id, changes, acts.get(_account_of(row), default))
            for action, row, changes in pending
        ),
    )


def _account_of(row: Any) -> uuid.UUID:
    """Return the account that a row is or hangs on: what tells apart acts that are written at once."""
    found: uuid.UUID = getattr(row, "account_id", None) or row.id
    return found
