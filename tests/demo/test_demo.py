"""The demo: the same day gives the same demo, and the two organisations stay apart."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Connection

from fieldcrm.core.actor import system_actor
from fieldcrm.core.db import db, forget_tenant, transaction
from fieldcrm.demo.companies import COMPANIES, MEDICAL
from fieldcrm.demo.customers import Area, Town, customers
from fieldcrm.demo.history import visits
from fieldcrm.identity.service import resolve_slug

NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
AREA = Area(
    "東京都",
    "世田谷区",
    "城南チーム",
    200,
    [Town("太子堂四丁目", 139.6727, 35.6423), Town("駒沢", 139.66, 35.63)],
)


def test_the_same_day_gives_the_same_customers_and_visits() -> None:
    first, second = list(customers(MEDICAL, [AREA])), list(customers(MEDICAL, [AREA]))
    assert first == second
    reps = [0] * len(first)
    assert visits(MEDICAL, first, reps, now=NOW) == visits(MEDICAL, second, reps, now=NOW)


def test_visits_lead_from_prospect_to_the_present_status_and_never_lie_ahead() -> None:
    found = list(customers(MEDICAL, [AREA]))
    seen = visits(MEDICAL, found, [0] * len(found), now=NOW)
    assert max(visit.at for visit in seen) < NOW
    for index in {visit.customer for visit in seen}:
        own = [visit for visit in seen if visit.customer == index]
        assert own[0].status_before == 1
        for earlier, later in pairwise(own):
            assert (later.status_before, later.win_prob_before) == (
                earlier.status_after,
                earlier.win_prob_after,
            )


def test_the_command_loads_both_organisations_once_and_prints_the_sign_ins(
    app: Flask, connection: Connection
) -> None:
    runner = app.test_cli_runner()
    first, again = runner.invoke(args=["demo"]), runner.invoke(args=["demo"])
    assert first.exit_code == 0, first.output
    assert again.output == first.output
    assert "rep@mirai.example" in first.output
    counts = {}
    for company in COMPANIES:
        org_id = resolve_slug(company.slug)
        forget_tenant()
        assert org_id is not None
        with transaction(system_actor(org_id)) as session:
            counts[company.slug] = session.scalar(text("select count(*) from accounts"))
            overdue = session.scalar(text("select count(*) from accounts where due_on < current_date"))
            assert 0.1 < overdue / counts[company.slug] < 0.6
    assert counts == {c.slug: sum(area[3] for area in c.areas) for c in COMPANIES}
    assert db.session().scalar(text("select count(*) from accounts")) == 0
