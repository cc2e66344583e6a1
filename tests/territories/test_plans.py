"""The plans of coverage on analysed tables, as the application's role under RLS: only indexes are read."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from fieldcrm.accounts import service as accounts
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import transaction
from fieldcrm.territories import service
from tests.fixtures.people import Org, create_person
from tests.territories.conftest import MUNICIPALITIES, make_up_visits

ROWS = 4_000


@pytest.fixture
def org(app: Flask, database: dict[str, str], committed_organisation: Org) -> Org:
    """An organisation with enough accounts and visits for the planner to care, analysed and vacuumed."""
    actor = committed_organisation.actor
    with app.app_context():
        owner = create_person(committed_organisation).id
        chance = random.Random(3)  # noqa: S311 - not a secret
        rows = [
            {
                "name": f"第{n}見本商店",
                "prefecture": where[0],
                "municipality": where[1],
                "rank": "ABCD"[n % 4],
                "owner_id": owner,
                # As wide as accounts are: of narrow rows the table itself is as soon read as an index.
                # Not in the notes: making what they are found by takes ten times as long as all else.
                "geo_matched": "".join(chance.choices("0123456789abcdef", k=1_500)),
            }
            for n in range(ROWS)
            for where in [MUNICIPALITIES[n % 5]]
        ]
        with transaction(actor) as session:
            ids = accounts.bulk_create(session, actor, rows)
            make_up_visits(session, actor, ids, people=[owner], seed=2)
    with psycopg.connect(database["superuser"], autocommit=True) as superuser:
        superuser.execute("vacuum analyze accounts")
        superuser.execute("vacuum analyze activities")
    return committed_organisation


@pytest.fixture
def plans_of(app: Flask) -> Callable[..., list[str]]:
    """Count coverage and return the plans of what was asked, as they were when asked."""

    def plans(actor: Actor, *, rank: str | None = None) -> list[str]:
        found: list[str] = []

        def explain(connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
            if "GROUPING SETS" in statement:
                driver = connection.connection.driver_connection
                found.append("\n".join(row[0] for row in driver.execute(f"explain {statement}", given)))

        with app.app_context(), transaction(actor) as session:
            event.listen(Engine, "before_cursor_execute", explain)
            try:
                service.count(session, actor, days=30, rank=rank)
            finally:
                event.remove(Engine, "before_cursor_execute", explain)
        return found

    return plans


def test_coverage_reads_indexes_alone(org: Org, plans_of: Callable[..., list[str]]) -> None:
    asked = (
        (Role.ADMINISTRATOR, frozenset(), None),
        (Role.MANAGER, frozenset({uuid.uuid4()}), None),
        (Role.ADMINISTRATOR, frozenset(), "A"),
    )
    for role, teams, rank in asked:
        visits, counted = plans_of(Actor(org.org_id, uuid.uuid4(), role, team_ids=teams), rank=rank)
        for plan in (visits, counted):
            assert "Index Only Scan using accounts_coverage_ix" in plan, plan
            assert "Seq Scan" not in plan, plan
            assert "Bitmap Heap Scan" not in plan, plan
            assert "Nested Loop" not in plan, plan
        is_range = visits.split("accounts_coverage_ix")[1].split("Index Cond:")[1].split("\n")[0]
        assert "last_visit_at >=" in is_range
        assert "Index Only Scan using activities_visit_ix" in visits, visits
