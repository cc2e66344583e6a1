"""The plans of lists and search on analysed tables, as the application's role under RLS."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from fieldcrm.accounts import lists, service
from fieldcrm.accounts.filters import ListQuery, NearestQuery
from fieldcrm.accounts.rank_order import RankMark
from fieldcrm.accounts.search import search
from fieldcrm.core.db import transaction
from fieldcrm.core.ids import new_id

ROWS = 4000


@pytest.fixture
def org(app, database, committed_organisation):
    """An organisation with enough accounts for the planner to care, analysed."""
    rows = [
        {
            "name": f"第{number}見本商店", "win_prob": number % 101, "rank": "ABCD"[number % 4],
            "cadence_days": 1 + number % 90, "lon": 139 + (number % 64) / 64, "lat": 35 + (number // 64) / 64,
            "precision": 6, "geo_source": "file",
        }
        for number in range(ROWS)
    ]  # fmt: skip
    with app.app_context(), transaction(committed_organisation.actor) as session:
        service.bulk_create(session, committed_organisation.actor, rows)
    with psycopg.connect(database["superuser"], autocommit=True) as superuser:
        superuser.execute("vacuum analyze accounts")
    return committed_organisation


@pytest.fixture
def plans_of(app, org):
    """Run a read and return the plans of the statements it sent about accounts, as they were when sent."""

    def plans(read):
        found = []

        def explain(connection, _cursor, statement, parameters, _context, _many):
            if "FROM accounts" in statement:
                driver = connection.connection.driver_connection
                rows = driver.execute(f"explain {statement}", parameters).fetchall()
                found.append("\n".join(row[0] for row in rows))

        with app.app_context(), transaction(org.actor) as session:
            event.listen(Engine, "before_cursor_execute", explain)
            try:
                read(session)
            finally:
                event.remove(Engine, "before_cursor_execute", explain)
        return found

    return plans


ORDERS = {
    "name": "accounts_name_ix",
    "due": "accounts_due_ix",
    "win_prob": "accounts_win_ix",
    "rank": "accounts_rank_ix",
}


def test_a_page_by_rank_begins_in_the_index_where_the_last_one_ended(plans_of, org):
    pages = []

    def walk(session):
        for _ in range(2):
            cursor = pages[-1].next_cursor if pages else None
            query = ListQuery(sort="rank", limit=20, cursor=cursor)
            pages.append(lists.list_accounts(session, org.actor, query))

    for plan in plans_of(walk):
        assert "Index Scan using accounts_rank_ix" in plan, plan
        assert "Sort" not in plan, plan
    condition = plan.split("Index Cond:")[1].split("\n")[0]
    assert "rank = " in condition
    assert "sort_key >= " in condition


def test_accounts_without_a_rank_are_found_in_the_same_index(plans_of, org):
    mark = RankMark(None, "第", new_id())
    query = ListQuery(sort="rank", limit=20, cursor=str(mark))
    (plan,) = plans_of(lambda session: lists.list_accounts(session, org.actor, query))
    assert "Index Scan using accounts_rank_ix" in plan, plan
    assert "rank IS NULL" in plan.split("Index Cond:")[1]
    assert "Sort" not in plan, plan


def test_search_follows_its_indexes(plans_of, org):
    rare = plans_of(lambda session: search(session, org.actor, "3999見"))
    common = plans_of(lambda session: search(session, org.actor, "見本"))
    (in_order, at_ends, anywhere), beginning = rare, common[2]
    assert "Index Scan using accounts_name_ix" in in_order
    assert "sort_key >= " in in_order.split("Index Cond:")[1].split("\n")[0]
    assert "Scan Backward using accounts_pk" in at_ends
    assert "accounts_search_ix" not in at_ends
    for plan in (anywhere, beginning):
        assert "Bitmap Index Scan on accounts_search_ix" in plan
        condition = plan.split("on accounts_search_ix")[1].split("Index Cond:")[1]
        assert "org_id" in condition.split("\n")[0]
        assert "search_text ~~" in condition


def test_what_very_many_names_begin_with_is_read_in_their_order_alone(plans_of, org):
    (plan,) = plans_of(lambda session: search(session, org.actor, "第"))
    assert "Index Scan using accounts_name_ix" in plan
    assert "Sort" not in plan


def test_orders_and_nearest_follow_their_indexes(plans_of, org):
    for sort, index in ORDERS.items():
        query = ListQuery(sort=sort, limit=20)
        (plan,) = plans_of(lambda session, query=query: lists.list_accounts(session, org.actor, query))
        assert f"using {index}" in plan
    here = NearestQuery(lon=139.5, lat=35.5)
    (plan,) = plans_of(lambda session: lists.nearest(session, org.actor, here))
    assert "using accounts_place_ix" in plan
    assert "Order By: (" in plan
