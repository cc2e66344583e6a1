"""Slow statements are told, with their text and without their values."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from fieldcrm.core.engine import sqlalchemy_url
from fieldcrm.telemetry.metrics import Instruments
from fieldcrm.telemetry.slow_queries import watch_statements, without_values
from tests.telemetry.lines import caught_lines

SLOW = "fieldcrm.slow_query"


@pytest.fixture
def engine(app: Flask, database: dict[str, str]) -> Iterator[Engine]:
    made = create_engine(sqlalchemy_url(database["app"]))
    yield made
    made.dispose()


def test_a_slow_statement_is_logged_without_its_parameters(engine: Engine) -> None:
    watch_statements(engine, Instruments(), threshold_ms=40)
    with caught_lines() as lines, engine.connect() as connection:
        connection.execute(text("select pg_sleep(0.06), cast(:name as text)"), {"name": "山田花子"})
        connection.execute(text("select 1"))
    [line] = lines.of(SLOW)
    assert line["duration_ms"] >= 60
    assert line["level"] == "warning"
    assert "pg_sleep" in line["statement"]
    assert "山田花子" not in lines.text


def test_nothing_is_logged_where_it_is_switched_off(engine: Engine) -> None:
    watch_statements(engine, Instruments(), threshold_ms=0)
    with caught_lines() as lines, engine.connect() as connection:
        connection.execute(text("select pg_sleep(0.06)"))
    assert lines.of(SLOW) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("select * from users\n where email = 'hanako@example.jp'", "select * from users where email = ?"),
        ("select 'it''s', $$田中$$, $x$a'b$x$ from t", "select ?, ?, ? from t"),
        (
            "select * from t where org_id = 1234 and phone = 0312345678",
            "select * from t where org_id = ? and phone = ?",
        ),
        ("select a1 from t2 where id = %(id_1)s limit 50", "select a1 from t2 where id = %(id_1)s limit 50"),
        ("x" * 5000, "x" * 2000),
    ],
)
def test_values_written_into_a_statement_are_left_out(statement: str, told: str) -> None:
    assert without_values(statement) == told
