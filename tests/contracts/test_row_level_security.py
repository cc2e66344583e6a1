"""The live database: every tenant table under row-level security, no way round for the application."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from fieldcrm.core.engine import APP_ROLE
from fieldcrm.core.rls import CURRENT_ORG
from tests.contracts.rows import tenant_tables

LOOK_UPS = {"organisation_slugs": "slug", "sign_in_names": "email"}
TABLES = sorted(table.name for table in tenant_tables())


@pytest.fixture(scope="module")
def live(database: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database["superuser"]) as connection:
        yield connection


def _normal(expression: str | None) -> str:
    return "".join((expression or "").lower().replace("::text", "").replace("(", "").replace(")", "").split())


def test_the_models_know_every_table_with_an_organisation(live: psycopg.Connection) -> None:
    rows = live.execute(
        "select distinct table_name from information_schema.columns"
        " where table_schema = 'public' and column_name = 'org_id'"
    )
    assert {name for (name,) in rows} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_table_is_protected_by_a_plain_comparison(live: psycopg.Connection, table: str) -> None:
    enabled, forced, owner = live.execute(
        "select relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) from pg_class"
        " where oid = %s::regclass",
        (table,),
    ).fetchone()
    assert enabled
    assert not forced  # forced policies hang a distributed cluster's moves; the owner only migrates
    assert owner != APP_ROLE
    policies = live.execute(
        "select policyname, permissive, cmd, qual, with_check from pg_policies where tablename = %s", (table,)
    ).fetchall()
    expected = _normal(f"org_id = {CURRENT_ORG}")
    for name, permissive, command, using, check in policies:
        assert "select" not in _normal(using)
        if name == f"{table}_tenant":
            assert (permissive, command) == ("PERMISSIVE", "ALL")
            assert _normal(using) == _normal(check) == expected
        else:
            key = LOOK_UPS[table]
            assert (name, command) == (f"{table}_lookup", "SELECT")
            assert _normal(using).startswith(f"{key}=nullif")
    assert f"{table}_tenant" in {policy[0] for policy in policies}


def test_applications_role_has_no_way_round(live: psycopg.Connection) -> None:
    row = live.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = %s",
        (APP_ROLE,),
    ).fetchone()
    assert row == (False, False, False, False)
    member_of = live.execute(
        "select count(*) from pg_auth_members where member = %s::regrole", (APP_ROLE,)
    ).fetchone()
    assert member_of == (0,)


def test_applications_role_owns_nothing_and_creates_nothing(live: psycopg.Connection) -> None:
    owned = live.execute("select relname from pg_class where relowner = %s::regrole", (APP_ROLE,)).fetchall()
    assert owned == []
    schemas = live.execute(
        "select nspname from pg_namespace where has_schema_privilege(%s, oid, 'CREATE')"
        " and nspname not like 'pg_temp%%'",
        (APP_ROLE,),
    ).fetchall()
    assert schemas == []


def test_no_view_and_no_definers_function_shows_more(live: psycopg.Connection) -> None:
    """Views and SECURITY DEFINER functions run as their owner, whom no policy binds."""
    from_extensions = "not exists (select from pg_depend d where d.objid = {}.oid and d.deptype = 'e')"
    views = live.execute(
        "select relname from pg_class c join pg_namespace n on n.oid = relnamespace"
        " where relkind in ('v', 'm') and nspname = 'public'"
        " and not coalesce(reloptions::text like '%security_invoker=true%', false)"
        f" and {from_extensions.format('c')}"
    ).fetchall()
    assert views == []
    functions = live.execute(
        "select proname, prosrc from pg_proc p join pg_namespace n on n.oid = pronamespace"
        f" where prosecdef and nspname = 'public' and {from_extensions.format('p')}"
    ).fetchall()
    for name, source in functions:
        assert "app.org_id" in source, f"{name} must ask for the tenant itself"


def test_reference_tables_are_read_only(live: psycopg.Connection) -> None:
    tables = live.execute(
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = relnamespace"
        " where relkind in ('r', 'p') and nspname = 'public'"
        " and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')"
    ).fetchall()
    for (name,) in tables:
        if name not in TABLES:
            for right in ("insert", "update", "delete", "truncate"):
                may = live.execute("select has_table_privilege(%s, %s, %s)", (APP_ROLE, name, right))
                assert may.fetchone() == (False,), f"{right} on {name}"


def test_the_past_is_append_only(live: psycopg.Connection) -> None:
    rights = {
        right: live.execute("select has_table_privilege(%s, 'audit_log', %s)", (APP_ROLE, right)).fetchone()[
            0
        ]
        for right in ("select", "insert", "update", "delete", "truncate")
    }
    assert rights == {"select": True, "insert": True, "update": False, "delete": False, "truncate": False}
