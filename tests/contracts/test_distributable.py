"""The tables can be spread over several machines, sharded by organisation: rules R1-R15 as a lint.

No test cluster is needed: what would not distribute shows in the metadata, the migrations and the SQL.
docs/adr tells why each rule is there.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import BigInteger, Identity, Index, Table, UniqueConstraint
from sqlalchemy.sql.schema import Constraint

from fieldcrm.core.db import db
from tests.contracts.rows import tenant_tables

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "fieldcrm").rglob("*.py"), *(ROOT / "migrations/versions").glob("*.py")])
LOOK_UPS = frozenset({"organisation_slugs", "sign_in_names"})
TABLES = tenant_tables()
SHARDED = [table for table in TABLES if table.name not in LOOK_UPS]

by_name = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
sharded_by_name = pytest.mark.parametrize("table", SHARDED, ids=lambda table: table.name)


@cache
def _strings(path: Path) -> list[str]:
    """Return the string literals of a source that are not docstrings, f-strings' pieces joined."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append(
                "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | pieces:
            found.append(node.value)
    return found


def _sql(pattern: str, *, apart_from: tuple[str, ...] = ()) -> list[str]:
    """Return where SQL of ours matches ``pattern``."""
    return [
        f"{path.relative_to(ROOT)}: {' '.join(each.split())[:100]}"
        for path in SOURCES
        if path.name not in apart_from
        for each in _strings(path)
        if re.search(pattern, each, re.IGNORECASE)
    ]


@by_name
def test_r1_organisation_is_a_needed_bigint_everywhere(table: Table) -> None:
    column = table.c.org_id
    assert isinstance(column.type, BigInteger)
    assert not column.nullable
    assert column.server_default is None
    assert column.onupdate is None  # R15: it never changes


@sharded_by_name
def test_r1_primary_key_begins_with_the_organisation(table: Table) -> None:
    names = [column.name for column in table.primary_key.columns]
    assert names[0] == "org_id"
    if table.name != "organisations":
        assert names in (["org_id", "id"], ["org_id", "at", "id"]) or "id" not in table.columns


@sharded_by_name
def test_r2_whatever_is_unique_is_so_within_the_organisation(table: Table) -> None:
    unique: list[Constraint | Index] = [
        each for each in table.constraints if isinstance(each, UniqueConstraint)
    ]
    unique += [index for index in table.indexes if index.unique]
    for each in unique:
        assert next(column.name for column in each.columns) == "org_id", each.name


@sharded_by_name
def test_r2_foreign_keys_carry_the_organisation(table: Table) -> None:
    tenant = {other.name for other in TABLES}
    for key in table.foreign_key_constraints:
        if key.referred_table.name in tenant:
            assert "org_id" in key.column_keys, key.name
            assert next(element.column.name for element in key.elements) == "org_id", key.name


@by_name
def test_r3_deleting_a_parent_never_rewrites_children(table: Table) -> None:
    for key in table.foreign_key_constraints:
        assert (key.ondelete or "no action").lower() in ("no action", "restrict", "cascade"), key.name
        assert key.onupdate is None, key.name


def test_r3_what_is_not_sharded_does_not_point_at_what_is() -> None:
    sharded = {table.name for table in SHARDED}
    for table in db.metadata.sorted_tables:
        if table.name not in sharded:
            for key in table.foreign_key_constraints:
                assert key.referred_table.name not in sharded, key.name


def test_r4_the_tenant_is_set_by_a_literal_alone_in_its_statement() -> None:
    assert _sql(r"set_config\s*\(") == []
    # In scripts that run as the owner, for one organisation after the other, the rule is the same.
    settings = _sql(r"set\s+(local|session)?\s*app\.org_id")
    assert settings
    assert all(re.search(r"set local app\.org_id = '\{\}'$", each) for each in settings), settings


@sharded_by_name
def test_r7_ids_come_from_clients_not_from_counters(table: Table) -> None:
    for column in table.columns:
        assert not isinstance(column.server_default, Identity), column
        assert "nextval" not in str(getattr(column.server_default, "arg", "")), column
        if isinstance(column.type, BigInteger) and column.primary_key:
            assert column.autoincrement in (False, "auto"), column


def test_r8_no_row_versions_of_the_server_in_queries() -> None:
    assert _sql(r"\b(xmin|xmax|ctid|txid_current)\b") == []


@by_name
def test_r9_no_defaults_that_each_shard_would_compute_for_itself(table: Table) -> None:
    for column in table.columns:
        assert column.server_onupdate is None, column
        default = str(getattr(column.server_default, "arg", "")).lower()
        assert not re.search(r"now\(|random|clock_timestamp|current_", default), column


def test_r9_no_merge_and_no_clock_in_conflict_clauses() -> None:
    assert _sql(r"^\s*merge\s+into\b") == []
    assert _sql(r"do\s+update\s+set\b[^;]*\b(now|clock_timestamp|random)\s*\(") == []
    assert _sql(r"\bupdate\s+\w+\s+set\b[^;]*\b(now|clock_timestamp|random)\s*\(") == []


def test_r12_an_organisation_is_locked_by_its_row() -> None:
    # By number only what is one for all organisations, named in the statement; it stays on one machine.
    numbered = _sql(r"\bpg_(try_)?advisory")
    assert all(re.search(r"\(hashtext\('[a-z_.]+'\)\)$", each) for each in numbered), numbered
    assert _sql(r"^\s*(notify|listen)\b|\bpg_notify\b") == []


@by_name
def test_r14_constraints_have_names(table: Table) -> None:
    for each in (*table.constraints, *table.indexes):
        assert each.name, (table.name, each)


def test_r14_one_change_a_statement() -> None:
    def changes(statement: str) -> int:
        without_lists = re.sub(r"\([^()]*\)", "", statement)
        return without_lists.count(",") + 1

    several = [each for each in _sql(r"^\s*alter\s+table\b") if changes(each) > 1]
    assert several == []


@sharded_by_name
def test_indexes_begin_with_the_organisation(table: Table) -> None:
    for index in table.indexes:
        # A trigram index cannot hold a number first; the query filters by organisation besides.
        if index.dialect_options["postgresql"]["using"] != "gin":
            assert index.columns[0].name == "org_id", index.name


def test_r10_r11_functions_of_ours_are_procedural_and_triggers_stay_in_the_organisation(
    database: dict[str, str],
) -> None:
    ours = "not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"
    with psycopg.connect(database["superuser"]) as connection:
        functions = connection.execute(
            "select proname, lanname, prosrc, prorettype = 'trigger'::regtype, pronargs"
            " from pg_proc p join pg_language l on l.oid = prolang"
            " join pg_namespace n on n.oid = pronamespace"
            f" where nspname = 'public' and {ours}"
        ).fetchall()
    for name, language, source, is_trigger, argument_count in functions:
        assert language == "plpgsql" or argument_count == 0, f"{name}: SQL functions take no parameters (R10)"
        if is_trigger:
            assert "org_id" in source, f"{name} must stay within the organisation (R11)"
