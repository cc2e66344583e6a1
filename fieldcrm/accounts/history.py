"""The history of an account: its rows of the audit log, with the people's names."""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import and_, or_, select, union_all
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.clock import iso, parse_iso
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.ids import parse_id
from fieldcrm.identity.models import Team, User

_TECHNICAL: Final = frozenset({"version", "lon", "lat", "geo_at", "import_id", "sort_key", "org_id", "id"})
"""Fields that say nothing to people; a move shows as its source and precision."""


def list_history(
    session: Session, actor: Actor, entity_id: uuid.UUID, *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return {items, next_cursor, names}, newest first; ``names`` resolves people and teams."""
    query = (
        select(AuditEntry, User.name.label("by_name"))
        .outerjoin(User, (User.org_id == AuditEntry.org_id) & (User.id == AuditEntry.actor_id))
        .where(AuditEntry.org_id == actor.org_id, AuditEntry.entity_id == entity_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit + 1)
    )
    if cursor:
        query = query.where(_before(cursor))
    rows = list(session.execute(query))
    next_cursor = None
    if len(rows) > limit:
        rows = rows[:limit]
        next_cursor = encode_cursor([iso(rows[-1][0].at), str(rows[-1][0].id)])
    items = [_entry(entry, by_name) for entry, by_name in rows]
    shown = [item for item in items if item["changes"] or item["action"] != "update"]
    return {"items": shown, "next_cursor": next_cursor, "names": _names(session, actor, shown)}


def _entry(entry: AuditEntry, by_name: str | None) -> dict[str, Any]:
    changes = {name: pair for name, pair in entry.changes.items() if name not in _TECHNICAL}
    return {
        "at": iso(entry.at),
        "recorded_at": iso(entry.recorded_at),
        "by": None if entry.actor_id is None else str(entry.actor_id),
        "by_name": by_name,
        "action": entry.action,
        "changes": changes,
    }


def _before(cursor: str) -> Any:
    at_text, id_text = decode_cursor(cursor, length=2)
    at, entry_id = parse_iso(at_text), parse_id(id_text)
    if at is None or entry_id is None:
        raise bad_cursor()
    return or_(AuditEntry.at < at, and_(AuditEntry.at == at, AuditEntry.id < entry_id))


def _names(session: Session, actor: Actor, items: list[dict[str, Any]]) -> dict[str, str]:
    """Return the names of the people and teams that the changes speak of, in one query."""
    values = {
        value
        for item in items
        for name in ("owner_id", "team_id", "created_by")
        for value in item["changes"].get(name, ())
    }
    ids = [found for value in values if value and (found := parse_id(value))]
    if not ids:
        return {}
    people = select(User.id, User.name).where(User.org_id == actor.org_id, User.id.in_(ids))
    teams = select(Team.id, Team.name).where(Team.org_id == actor.org_id, Team.id.in_(ids))
    return {str(row.id): row.name for row in session.execute(union_all(people, teams))}
