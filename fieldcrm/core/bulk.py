"""Writing many rows at once, under row-level security.

PostgreSQL refuses COPY into a table with row-level security, so rows are copied into a temporary
table of the same shape and inserted or updated from there: ten times as fast as single statements.
Bulk writers stamp versions and write the audit log themselves (``audit.record_many``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy import Table, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from fieldcrm.core.fast_json import dumps

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so

Rows = Iterable[Sequence[Any]]


def insert_rows(session: Session, table: Table, columns: Sequence[str], rows: Rows) -> int:
    """Insert rows given as values in the order of ``columns``; return how many."""
    with _copied(session, table, columns, rows) as (cursor, incoming):
        names = _list(columns)
        cursor.execute(
            sql.SQL("insert into {table} ({names}) select {names} from {incoming}").format(
                table=sql.Identifier(table.name), names=names, incoming=incoming
            )
        )
        return cursor.rowcount


def update_rows(session: Session, table: Table, columns: Sequence[str], rows: Rows) -> int:
    """Set ``columns`` of the rows named by their ``org_id`` and ``id``; return how many were found."""
    keys = ("org_id", "id")
    sets = sql.SQL(", ").join(
        sql.SQL("{name} = i.{name}").format(name=sql.Identifier(name)) for name in columns if name not in keys
    )
    with _copied(session, table, columns, rows) as (cursor, incoming):
        cursor.execute(
            sql.SQL(
                "update {table} t set {sets} from {incoming} i where t.org_id = i.org_id and t.id = i.id"
            ).format(table=sql.Identifier(table.name), sets=sets, incoming=incoming)
        )
        return cursor.rowcount


@contextmanager
def _copied(
    session: Session, table: Table, columns: Sequence[str], rows: Rows
) -> Iterator[tuple[Cursor[Any], sql.Identifier]]:
    session.flush()
    driver = session.connection().connection.driver_connection
    assert driver is not None  # noqa: S101 - a live session has one
    incoming = sql.Identifier(f"incoming_{table.name}")
    # Without its constraints: only the given columns are filled, and the target checks them.
    shape = sql.SQL(", ").join(
        sql.SQL("null::{} as {}").format(_type_of(table, name), sql.Identifier(name)) for name in columns
    )
    with driver.cursor() as cursor:
        cursor.execute(
            sql.SQL("create temp table {} on commit drop as select {} limit 0").format(incoming, shape)
        )
        copying = sql.SQL("copy {} ({}) from stdin").format(incoming, _list(columns))
        with cursor.copy(copying) as copy:
            kinds = [table.c[name].type for name in columns]
            jsons = [at for at, kind in enumerate(kinds) if isinstance(kind, JSONB)]
            lists = [at for at, kind in enumerate(kinds) if _is_list_of_texts(kind)]
            for row in rows:
                values = list(row)
                for at in jsons:
                    values[at] = _json(values[at])
                for at in lists:
                    values[at] = _texts(values[at])
                copy.write_row(values)
        yield cursor, incoming
        cursor.execute(sql.SQL("drop table {}").format(incoming))


def _type_of(table: Table, name: str) -> sql.SQL:
    return sql.SQL(table.c[name].type.compile(dialect=_DIALECT))


def _list(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _is_list_of_texts(kind: Any) -> bool:
    return isinstance(kind, ARRAY) and isinstance(kind.item_type, Text)


def _texts(values: Sequence[str] | None) -> str | None:
    """Return texts as PostgreSQL writes an array of them; the driver takes ten times as long."""
    if values is None:
        return None
    quoted = (text.replace("\\", r"\\").replace('"', r"\"") for text in values)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def _json(value: Any) -> str | None:
    return None if value is None else dumps(value)
