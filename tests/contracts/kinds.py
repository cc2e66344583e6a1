"""One organisation with every kind of row for every role: own, the team's, another team's, nobody's.

Made from the tables alone, as rows.py does: whatever hangs on accounts, by however many steps, hangs on each
of them; a new table is filled without being named. Each set of rows bears a mark of its own in all its texts.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table, delete, insert
from sqlalchemy.engine import Connection

from fieldcrm.core.actor import Role
from fieldcrm.core.db import db, transaction
from fieldcrm.core.ids import new_id
from fieldcrm.identity import service
from tests.contracts.files import put_file
from tests.contracts.rows import World, enter, made_row, make_world, tenant_tables
from tests.fixtures.people import Org, Person, Team, create_person

OWN, TEAM, OTHER, POOL = KINDS = ("own", "team's", "other team's", "pool's")
"""Whose a row is, seen from a person; the order of the letters in a cell."""

AUTHORS = frozenset({"user_id", "by", "created_by", "requested_by"})
BY_PERSON = ("devices", "planning_preferences", "day_plans")
"""Tables whose rows are a person's, and hang on no account."""


@dataclass
class Held:
    """An account and all that hangs on it."""

    mark: str
    ids: dict[str, list[uuid.UUID]] = field(default_factory=dict)

    @property
    def secrets(self) -> list[str]:
        """What must not be told: the mark, and the ids."""
        return [self.mark, *(str(row) for rows in self.ids.values() for row in rows)]


@dataclass
class Company:
    """The organisation, a person of each role, and the rows by who holds them."""

    world: World
    people: dict[Role, Person]
    held: dict[str, Held]

    def kind(self, name: str, role: Role) -> str:
        """Return whose the rows ``name`` are for the person of ``role``."""
        if name == str(role):
            return OWN
        return {"stranger": OTHER, "pool": POOL}.get(name, TEAM if self._is_in_team(name) else OTHER)

    def of(self, role: Role, kind: str) -> Held:
        """Return rows of that kind for the person of ``role``."""
        name = {OWN: str(role), TEAM: "mate", OTHER: "stranger", POOL: "pool"}[kind]
        return self.held[name]

    def ids(self, held: Held) -> Mapping[str, list[uuid.UUID]]:
        """Return ids for a call that is about ``held``."""
        return {**self.world.ids, **held.ids}

    @staticmethod
    def _is_in_team(name: str) -> bool:
        return name in ("mate", "manager", "rep")


def make_company(connection: Connection, mark: str) -> Company:
    """Create the organisation."""
    world = make_world(connection, mark)
    ours, theirs = (_team(world.org, f"{mark}の{name}課") for name in ("第一", "第二"))
    people = {
        Role.ADMINISTRATOR: world.administrator,
        Role.MANAGER: create_person(world.org, Role.MANAGER, teams=[ours]),
        Role.REP: create_person(world.org, Role.REP, teams=[ours]),
        Role.BACK_OFFICE: create_person(world.org, Role.BACK_OFFICE),
    }
    mate, stranger = (create_person(world.org, Role.REP, teams=[team]) for team in (ours, theirs))
    enter(connection, world.org.org_id)
    holders: dict[str, tuple[Person | None, Team | None]] = {
        "administrator": (people[Role.ADMINISTRATOR], None),
        "manager": (people[Role.MANAGER], ours),
        "rep": (people[Role.REP], ours),
        "back_office": (people[Role.BACK_OFFICE], None),
        "mate": (mate, ours),
        "stranger": (stranger, theirs),
        "pool": (None, None),
    }
    held = {
        name: _hold(connection, world, f"{mark}{number}号", owner=owner, team=team, author=owner or stranger)
        for number, (name, (owner, team)) in enumerate(holders.items(), start=1)
    }
    return Company(world, people, held)


def remove(connection: Connection, org_id: int, held: Held) -> None:
    """Take the rows away as if they had never been, and leave the change clock as it was."""
    enter(connection, org_id)
    for table in reversed(hanging_tables()):
        gone = table.c.id.in_(held.ids.get(table.name, []))
        connection.execute(delete(table).where(table.c.org_id == org_id, gone))


def hanging_tables() -> list[Table]:
    """Return accounts and whatever hangs on them or is a person's own, parents first."""
    found = [db.metadata.tables["accounts"]]
    for table in tenant_tables():
        parents = {key.column.table for key in table.foreign_keys}
        if table not in found and (table.name in BY_PERSON or parents & set(found)):
            found.append(table)
    return found


def _hold(
    connection: Connection,
    world: World,
    mark: str,
    *,
    owner: Person | None,
    team: Team | None,
    author: Person,
) -> Held:
    held = Held(mark)
    for table in hanging_tables():
        row_id = new_id()
        given = {"id": row_id, **{name: author.id for name in AUTHORS if name in table.columns}}
        if "owner_id" in table.columns:
            given["owner_id"] = None if owner is None and table.name == "accounts" else (owner or author).id
        if "team_id" in table.columns:
            given["team_id"] = None if team is None else team.id
        for constraint in table.foreign_key_constraints:
            parent = next(iter(constraint.elements)).column.table.name
            if parent in held.ids:
                given |= {key: held.ids[parent][0] for key in constraint.column_keys if key != "org_id"}
        row = made_row(connection, table, World(world.org, author, mark), given)
        connection.execute(insert(table).values(row))
        held.ids[table.name] = [row_id]
    put_file(connection, world.org.org_id, held.ids["attachments"][0])
    return held


def _team(org: Org, name: str) -> Team:
    with transaction(org.actor) as session:
        return Team(service.create_team(session, org.actor, name=name).id, name, org)
