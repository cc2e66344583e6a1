"""Row-level security and the transaction that sets the tenant, by raw SQL as the application's role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Column, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import system_actor
from fieldcrm.core.db import (
    NestedTransaction,
    NoTenant,
    advance_clock,
    db,
    forget_tenant,
    set_tenant,
    transaction,
)
from fieldcrm.core.errors import Invalid
from fieldcrm.identity import service
from fieldcrm.identity.models import Team
from tests.contracts.rows import tenant_tables
from tests.fixtures.people import MakeOrganisation, MakeUser, Org, create_person

MakeCommitted = Callable[..., Org]
TENANT_TABLES = sorted(table.name for table in tenant_tables())


@pytest.fixture
def raw(database: dict[str, str]):
    with psycopg.connect(database["app"]) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="module")
def org_with_a_row_everywhere(app: Flask, database: dict[str, str]) -> Iterator[int]:
    """The id of an organisation with a made-up row in every tenant table."""
    org_id = 900_000_001
    tables = tenant_tables()
    with psycopg.connect(database["superuser"], autocommit=True) as superuser:
        superuser.execute("set session_replication_role = replica")  # made-up rows refer to nothing
        for table in tables:
            superuser.execute(f"delete from {table} where org_id = {org_id}")
            needed = [column for column in table.columns if not column.nullable and column.name != "org_id"]
            names = ", ".join(["org_id", *(f'"{column.name}"' for column in needed)])
            values = ", ".join([str(org_id), *(_made_up(column) for column in needed)])
            superuser.execute(f"insert into {table} ({names}) values ({values})")
        yield org_id
        for table in reversed(tables):
            superuser.execute(f"delete from {table} where org_id = {org_id}")


def _made_up(column: Column[Any]) -> str:
    kind = column.type.compile(dialect=postgresql.dialect())
    if kind.endswith("[]"):
        return "'{}'"
    literals = {"UUID": "gen_random_uuid()", "JSONB": "'{}'", "BOOLEAN": "true"}
    literals |= {"DATE": "current_date", "BYTEA": "''"}
    if kind.startswith("TIMESTAMP"):
        return "now()"
    return literals.get(kind, "'probe-x'" if kind == "TEXT" else "1")


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_without_tenant_a_table_looks_empty(
    table: str, raw: psycopg.Connection, org_with_a_row_everywhere: int
) -> None:
    def count() -> int:
        return raw.execute(f"select count(*) from {table}").fetchone()[0]

    assert count() == 0
    raw.execute(f"set local app.org_id = '{org_with_a_row_everywhere}'")
    assert count() == 1
    raw.execute("set local app.org_id = '900000002'")
    assert count() == 0
    # After a transaction that had a tenant the setting is '' and not null.
    raw.commit()
    assert count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "insert into organisation_slugs (slug, org_id) values ('stolen', %(other)s)",
        "update organisations set org_id = %(other)s",
        "insert into team_members select %(other)s, id, id, id from gen_random_uuid() id",
    ],
)
def test_rows_cannot_be_written_into_another_organisation(
    raw: psycopg.Connection, make_committed_organisation: MakeCommitted, statement: str
) -> None:
    mine, other = make_committed_organisation(), make_committed_organisation()
    raw.execute(f"set local app.org_id = '{mine.org_id}'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        raw.execute(statement, {"other": other.org_id})


def test_anothers_rows_are_neither_changed_nor_deleted(
    raw: psycopg.Connection, make_committed_organisation
) -> None:
    mine, other = make_committed_organisation(), make_committed_organisation()
    raw.execute(f"set local app.org_id = '{mine.org_id}'")
    changed = raw.execute("update organisations set name = 'x' where org_id = %s", (other.org_id,))
    assert changed.rowcount == 0
    assert raw.execute("delete from organisation_slugs where org_id = %s", (other.org_id,)).rowcount == 0


def test_the_past_cannot_be_changed_by_the_application(
    raw: psycopg.Connection, committed_organisation: Org
) -> None:
    for statement in ("update audit_log set action = 'x'", "delete from audit_log", "truncate audit_log"):
        raw.execute(f"set local app.org_id = '{committed_organisation.org_id}'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute(statement)
        raw.rollback()


def test_leaving_the_organisation_hides_it(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    session = set_tenant(org.actor)
    assert session.scalar(text("select count(*) from organisations")) == 1
    forget_tenant()
    assert db.session.scalar(text("select count(*) from organisations")) == 0


def test_entering_another_organisation_rolls_the_first_back(make_organisation: MakeOrganisation) -> None:
    first, second = make_organisation(), make_organisation()
    session = set_tenant(first.actor)
    session.add(Team(org_id=first.org_id, name="未確定"))
    session.flush()
    session = set_tenant(second.actor)
    assert session.scalars(text("select org_id from organisations")).all() == [second.org_id]
    session = set_tenant(first.actor)
    assert session.scalar(text("select count(*) from teams where name = '未確定'")) == 0


def test_transaction_commits_at_its_end_and_rolls_back_on_error(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    with transaction(org.actor) as session:
        service.create_team(session, org.actor, name="残る")
    with pytest.raises(Invalid), transaction(org.actor) as session:
        _create_team_and_fail(session, org)
    with transaction(org.actor) as session:
        assert session.scalars(text("select name from teams")).all() == ["残る"]


def _create_team_and_fail(session: Session, org: Org) -> None:
    service.create_team(session, org.actor, name="残らない")
    raise Invalid()


def test_a_transaction_inside_another_is_refused(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    with transaction(org.actor) as session:
        service.create_team(session, org.actor, name="外側")
        with pytest.raises(NestedTransaction), transaction(org.actor):
            pass
        with pytest.raises(NestedTransaction):
            set_tenant(system_actor(org.org_id + 1))
        # The outer one goes on as if nothing had been.
        assert session.scalars(text("select name from teams")).all() == ["外側"]


def test_writes_without_tenant_are_refused(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    db.session.add(Team(org_id=org.org_id, name="誰のもの"))
    with pytest.raises(NoTenant):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(NoTenant):
        advance_clock(db.session())
    with pytest.raises(DBAPIError, match="row-level security"):
        db.session.execute(
            text("insert into organisation_slugs (slug, org_id) values ('x', :org)"), {"org": org.org_id}
        )


def test_transaction_is_begin_tenant_work_commit(app, committed_organisation: Org, count_queries) -> None:
    with app.app_context(), count_queries() as seen, transaction(committed_organisation.actor) as session:
        session.execute(text("select 1"))
    assert seen == ["select 1"]


def test_column_defaults_follow_the_tests_clock(frozen_clock, make_user: MakeUser) -> None:
    person = make_user()
    session = set_tenant(person.actor)
    assert session.scalar(text("select created_at from users")) == clock.now() == frozen_clock.moment


def test_people_of_two_organisations_do_not_mix(make_organisation: MakeOrganisation) -> None:
    here, there = make_organisation(), make_organisation()
    create_person(here, name="こちら")
    create_person(there, name="あちら")
    session = set_tenant(here.actor)
    assert session.scalars(text("select name from users")).all() == ["こちら"]
