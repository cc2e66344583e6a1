"""Changed rows of acts that were gathered go into one statement a table.

What a statement costs besides its rows adds up: the triggers that keep the map's roll-up take six times as
long for fifty updates of one row as for one update of fifty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, cast

from sqlalchemy import Table, event, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from fieldcrm.core import audit
from fieldcrm.core.db import Tracked

__all__ = ["audit"]  # whose listener sees the changes first

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
_FEW: Final = 3


@event.listens_for(Session, "before_flush")
def _update_together(session: Session, _context: object, _instances: object) -> None:
    if not session.info.get("acts"):
        return
    changed: dict[type[Tracked], dict[Tracked, set[str]]] = defaultdict(dict)
    for row in session.dirty:
        if isinstance(row, Tracked) and (names := _changed_columns(row)):
            changed[type(row)][row] = names
    for table, names_of in changed.items():
        columns = sorted(set().union(*names_of.values()))
        if len(names_of) >= _FEW and _are_plain(table, columns):
            _update(session, table, list(names_of), columns)


def _changed_columns(row: Tracked) -> set[str]:
    state = inspect(row)
    return {name for name in state.committed_state if name in row.__mapper__.column_attrs}


def _are_plain(table: type[Tracked], columns: Sequence[str]) -> bool:
    """Return whether the columns' values can be sent as arrays, one a column."""
    types = [table.__table__.c[name].type for name in columns]
    return not any(isinstance(each, (ARRAY, JSONB)) or hasattr(each, "geometry_type") for each in types)


def _update(session: Session, model: type[Tracked], rows: list[Tracked], columns: Sequence[str]) -> None:
    table = cast("Table", model.__table__)
    values: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in columns}
    types = [table.c[name].type.compile(dialect=_DIALECT) for name in columns]
    arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in zip(columns, types, strict=True))
    sets = ", ".join(f"{name} = i.{name}" for name in columns)
    done = session.connection().exec_driver_sql(
        f"update {table.name} t set {sets}"  # noqa: S608 - the names are the mapper's own
        f" from unnest(%(row_id)s::uuid[], {arrays}) as i(row_id, {', '.join(columns)})"
        " where t.org_id = %(row_org_id)s and t.id = i.row_id",
        {**values, "row_id": [row.id for row in rows], "row_org_id": rows[0].org_id},
    )
    if done.rowcount != len(rows):
        raise RuntimeError(f"{len(rows)} rows of {table.name} to change, {done.rowcount} changed")
    for row in rows:
        for name in columns:
            set_committed_value(row, name, getattr(row, name))
