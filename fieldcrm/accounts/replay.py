"""What the audit log tells about repeated and colliding writes: same creation, fields changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Integer, select
from sqlalchemy.orm import Session

from fieldcrm.core.audit import AuditEntry, plain
from fieldcrm.core.db import Tracked
from fieldcrm.core.errors import StaleVersion

_MADE_BY_SERVER = frozenset(
    {"prefecture", "municipality", "lon", "lat", "precision", "geo_source", "geo_at", "geo_flags"}
)


def is_same_creation(session: Session, row: Tracked, columns: Mapping[str, Any]) -> bool:
    """Return whether ``row`` was created with these columns (what became of it since aside)."""
    created = session.scalar(
        select(AuditEntry.changes).where(
            AuditEntry.org_id == row.org_id,
            AuditEntry.entity_id == row.id,
            AuditEntry.action == "create",
        )
    )
    if created is None:
        return False
    for name, value in columns.items():
        first = created.get(name, [None, None])[1]
        is_filled_in = value is None and name in _MADE_BY_SERVER
        if not is_filled_in and (plain(value) or None) != (first or None):
            return False
    return True


def demand_fresh(
    session: Session,
    row: Tracked,
    base_version: int | None,
    *,
    names: Iterable[str],
    current: Callable[[], dict[str, Any]],
) -> None:
    """Raise StaleVersion when one of ``names`` was written after ``base_version``.

    The error carries those fields and the row as it now is, for the person to choose from.
    """
    if base_version is None or base_version >= row.version:
        return
    collided = changed_fields_since(session, row, base_version) & set(names)
    if collided:
        stale = StaleVersion()
        stale.extensions = {"fields": sorted(collided), "current": current()}
        raise stale


def changed_fields_since(session: Session, row: Tracked, version: int) -> set[str]:
    """Return the fields of ``row`` that were written after its ``version``."""
    query = select(AuditEntry.changes).where(
        AuditEntry.org_id == row.org_id,
        AuditEntry.entity_id == row.id,
        AuditEntry.changes["version"][1].astext.cast(Integer) > version,
    )
    return {name for changes in session.scalars(query) for name in changes} - {"version"}
