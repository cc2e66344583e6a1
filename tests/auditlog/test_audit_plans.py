"""However long the log, a page of it is read along an index, as the application's role under RLS."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from fieldcrm.auditlog.queries import WINDOW, find_page
from fieldcrm.auditlog.schemas import AuditFilter
from fieldcrm.core.db import transaction
from tests.fixtures.people import Org

ROWS = 30_000
PEOPLE = 40
WHO = uuid.UUID("01890000-0000-7000-8000-000000000007")
_FILL = """
insert into audit_log (org_id, id, at, actor_id, action, entity, changes)
select %(org)s, gen_random_uuid(), timestamptz '2026-01-01' + n * interval '1 minute',
       ('01890000-0000-7000-8000-' || lpad((n %% %(people)s)::text, 12, '0'))::uuid,
       case when n %% 500 = 0 then 'export' when n %% 3 = 0 then 'create' else 'update' end,
       case when n %% 700 = 0 then 'users' when n %% 2 = 0 then 'accounts' else 'activities' end,
       jsonb_build_object('name', jsonb_build_array(null, '第' || n || '商店'))
  from generate_series(1, %(rows)s) n
"""

Read = Callable[..., Any]


@pytest.fixture
def org(database: dict[str, str], committed_organisation: Org) -> Org:
    """An organisation with a log long enough for the planner to care, analysed."""
    with psycopg.connect(database["superuser"], autocommit=True) as superuser:
        superuser.execute(_FILL, {"org": committed_organisation.org_id, "people": PEOPLE, "rows": ROWS})
        superuser.execute("vacuum analyze audit_log")
    return committed_organisation


@pytest.fixture
def read(app: Flask, org: Org) -> Read:
    """Read a page; return it and the plans of the statements that were sent for it."""

    def find(**asked: Any) -> tuple[Any, list[str]]:
        plans: list[str] = []
        given = {name: asked.pop(name) for name in ("cursor", "limit") if name in asked}

        def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            if "FROM audit_log" in statement:
                driver = connection.connection.driver_connection
                rows = driver.execute(f"explain {statement}", parameters).fetchall()
                plans.append("\n".join(row[0] for row in rows))

        with app.app_context(), transaction(org.actor) as session:
            event.listen(Engine, "before_cursor_execute", explain)
            try:
                chosen = AuditFilter.model_validate(asked)
                page = {"cursor": None, "limit": 50, **given}
                return find_page(session, org.actor, chosen, **page), plans
            finally:
                event.remove(Engine, "before_cursor_execute", explain)

    return find


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "audit_log_newest_ix"),
        ({"since": "2026-01-05", "until": "2026-01-06"}, "audit_log_newest_ix"),
        ({"user": WHO}, "audit_log_actor_ix"),
        ({"entity": "users"}, "audit_log_kind_ix"),
        ({"action": "export"}, "audit_log_action_ix"),
        ({"action": "update"}, "audit_log_newest_ix"),
        ({"q": "第3商店"}, "audit_log_newest_ix"),
        ({"user": WHO, "entity": "accounts", "q": "商店"}, "audit_log_actor_ix"),
    ],
)
def test_every_way_of_asking_follows_an_index_in_the_order_of_the_page(
    read: Read, asked: dict[str, Any], index: str
) -> None:
    first, plans = read(**asked)
    assert plans
    for plan in plans:
        assert (
            f"Index Scan Backward using {index}" in plan or f"Index Only Scan Backward using {index}" in plan
        )
        assert "Sort" not in plan
        assert "Seq Scan" not in plan
    if first.next_cursor is None:
        return
    _, plans = read(**asked, cursor=first.next_cursor)
    for plan in plans:
        condition = plan.split("Index Cond:")[1].split("\n")[0]
        assert "ROW(at, id) < ROW(" in condition


def test_a_search_looks_at_no_more_than_its_window_at_a_time(read: Read) -> None:
    found, plans = read(q="どこにもない")
    assert len(found.entries) == 0
    assert found.searched_to is not None
    assert f"rows={WINDOW}" in plans[0]
    rounds = 1
    while found.next_cursor:
        found, _ = read(q="どこにもない", cursor=found.next_cursor)
        rounds += 1
    assert rounds == ROWS // WINDOW + 1
    # What the last window holds is found as well.
    oldest, seen = read(q="第1商店")[0], 0
    while True:
        seen += len(oldest.entries)
        if oldest.next_cursor is None:
            break
        oldest, _ = read(q="第1商店", cursor=oldest.next_cursor)
    assert seen == 1
