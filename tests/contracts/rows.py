"""An organisation with a row in every tenant table, made from the tables alone.

A new table is filled without being named: foreign keys point to the organisation's own rows, texts hold
the organisation's mark (so that a leak can be seen in an answer), columns with a default keep it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Column, ForeignKeyConstraint, Table, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.engine import Connection
from sqlalchemy.sql import sqltypes

from fieldcrm import rooms
from fieldcrm.core.db import db
from fieldcrm.core.geo import mercator_point, quadkey
from fieldcrm.core.ids import new_id
from tests.fixtures.people import Org, Person, create_org, create_person

LON, LAT = 139.767125, 35.681236
PULLED_AT = 2
"""The step of the change clock at which the rows were written: a phone at 1 pulls them all."""
# What a column means where a made-up value would not do.
WORDS = {"role": "rep", "type": "text", "format": "csv", "kind": "company", "channel": "visit"}
WORDS_OF_TABLE = {
    "attachments": {"kind": "photo", "media_type": "image/jpeg"},
    "conflicts": {"entity": "account", "field": "notes"},
}
SAME = {"conflicts": {"entity_id": "account_id"}}
"""Columns that mean the row which another column points to, without a foreign key."""
SET = {"lon": LON, "lat": LAT, "precision": 6, "win_prob": 50, "change_seq": PULLED_AT}
LEFT_OPEN = frozenset({"choice", "deleted_at", "done_at", "finished_at", "message"})
VALUES = frozenset({"current_value", "other_value"})
"""JSON that is what stands in a field of text."""


@dataclass
class World:
    """One organisation, its administrator, and the ids of its rows by table."""

    org: Org
    administrator: Person
    mark: str
    ids: dict[str, list[uuid.UUID]] = field(default_factory=dict)

    def one(self, table: str) -> uuid.UUID:
        """Return the id of a row of ``table``."""
        return self.ids[table][0]


def tenant_tables() -> list[Table]:
    """Return every table with an organisation, parents first."""
    assert rooms.MODELS  # imported, so that the metadata is whole
    return [table for table in db.metadata.sorted_tables if "org_id" in table.columns]


def make_world(connection: Connection, mark: str, *, password: str | None = None) -> World:
    """Create an organisation whose every tenant table holds a row, and its administrator's ``password``."""
    org = create_org(name=mark)
    world = World(org, create_person(org, "administrator", name=mark, password=password), mark)
    enter(connection, org.org_id)
    for table in tenant_tables():
        mine = select(literal(1)).where(table.c.org_id == org.org_id).limit(1)
        if connection.scalar(mine) is None:  # what services have filled already is left alone
            connection.execute(insert(table).values(made_row(connection, table, world)))
        if isinstance(table.c.get("id", table.c.org_id).type, UUID):
            rows = connection.execute(select(table.c.id).where(table.c.org_id == org.org_id))
            world.ids[table.name] = list(rows.scalars())
    return world


def enter(connection: Connection, org_id: int) -> None:
    """Set the tenant of the test's own connection."""
    connection.exec_driver_sql(f"set local app.org_id = '{org_id}'")


def fingerprint(connection: Connection, org_id: int) -> dict[str, str]:
    """Return a checksum of all the organisation's rows, by table."""
    enter(connection, org_id)
    checksums = (
        f"select '{table.name}', md5(string_agg(t::text, '|' order by t::text))"
        f" from {table.name} t where org_id = {org_id}"
        for table in tenant_tables()
        if table.name != "user_sessions"  # that one is in use is written down
    )
    rows = connection.exec_driver_sql(" union all ".join(checksums))
    return {table: checksum for table, checksum in rows}  # noqa: C416 - a result is no mapping


def made_row(
    connection: Connection, table: Table, world: World, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a row of ``table`` with what is ``given``, and the rest made up."""
    row: dict[str, Any] = {"org_id": world.org.org_id, **(given or {})}
    for constraint in table.foreign_key_constraints:
        if not set(constraint.column_keys) - {"org_id"} <= set(row):
            row.update(_reference(connection, constraint, world.org.org_id))
    row |= {name: row[of] for name, of in SAME.get(table.name, {}).items() if name not in row}
    for column in table.columns:
        if column.name not in row and (value := _value(column, world.mark)) is not None:
            row[column.name] = value
    return row


def _reference(connection: Connection, constraint: ForeignKeyConstraint, org_id: int) -> dict[str, Any]:
    parents = [element.column for element in constraint.elements]
    found = connection.execute(select(*parents).where(parents[0] == org_id).limit(1)).one()
    return dict(zip(constraint.column_keys, found, strict=True))


def _value(column: Column[Any], mark: str) -> Any:
    """Return what fills the column, or None to leave it to its default."""
    if column.name in SET or column.default is None:
        known = {"qk": quadkey(LON, LAT), **WORDS, **SET, **WORDS_OF_TABLE.get(column.table.name, {})}
        if column.name == "geom_3857":
            return mercator_point(LON, LAT)
        if column.name in known:
            return known[column.name]
    if column.default is not None or column.name in LEFT_OPEN:
        return None
    if isinstance(column.type, sqltypes.Text) or column.name in VALUES:
        return f"{mark}-{column.name}"
    return None if column.nullable else _needed(column.type, mark)


def _needed(kind: Any, mark: str) -> Any:
    if isinstance(kind, JSONB):
        return {"mark": mark}
    if isinstance(kind, sqltypes.DateTime):
        return datetime.now(UTC) + timedelta(days=30)
    made = {UUID: new_id(), ARRAY: [], sqltypes.Date: date(2026, 11, 18), Geometry: mercator_point(LON, LAT)}
    fitting = [value for type_, value in made.items() if isinstance(kind, type_)]
    return fitting[0] if fitting else kind.python_type(1)
