"""Administrators set what the organisation is called, speaks, lives by and on which days it works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from fieldcrm.accounts import due_days
from fieldcrm.core.db import forget_tenant, set_tenant, transaction
from fieldcrm.identity.absent import actor_of
from tests.fixtures.people import FieldClient, MakeUser, Person

ClientFor = Callable[[Person], FieldClient]


@pytest.fixture
def admin(make_user: MakeUser, client_for: ClientFor) -> FieldClient:
    return client_for(make_user("administrator"))


def _audited(person: Person) -> list[dict[str, Any]]:
    session = set_tenant(person.org.actor)
    try:
        found = session.scalars(
            text("select changes from audit_log where entity = 'organisations' order by id")
        )
        return list(found)
    finally:
        forget_tenant()


def test_what_is_set_is_told_to_every_phone_and_audited(make_user: MakeUser, client_for: ClientFor) -> None:
    boss, rep = make_user("administrator"), make_user("rep")
    admin, phone = client_for(boss), client_for(rep)
    before = phone.get("/api/sync/clock").headers["ETag"]
    change = {"name": "みらい　商事", "locale": "en", "timezone": "Asia/Seoul", "working_days": [6, 1, 2, 2]}
    answer = admin.patch("/api/organisation", json=change)
    assert answer.status_code == 200, answer.text
    set_now = {"name": "みらい 商事", "locale": "en", "timezone": "Asia/Seoul", "working_days": [1, 2, 6]}
    assert answer.json == set_now
    assert admin.get("/api/organisation").json == set_now
    told = phone.get("/api/session").json["organisation"]
    assert {name: told[name] for name in set_now} == set_now
    assert phone.get("/api/sync/clock").headers["ETag"] != before
    assert _audited(boss) == [
        {
            "name": ["見本商事", "みらい 商事"],
            "locale": ["ja", "en"],
            "timezone": ["Asia/Tokyo", "Asia/Seoul"],
            "working_days": [[1, 2, 3, 4, 5], [1, 2, 6]],
        }
    ]


def test_what_stays_the_same_is_no_change(make_user: MakeUser, client_for: ClientFor) -> None:
    boss = make_user("administrator")
    admin = client_for(boss)
    before = admin.get("/api/sync/clock").headers["ETag"]
    for change in ({}, {"name": "見本商事", "working_days": [5, 4, 3, 2, 1]}, {"name": None}):
        assert admin.patch("/api/organisation", json=change).status_code == 200
    assert admin.get("/api/sync/clock").headers["ETag"] == before
    assert _audited(boss) == []


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": "　 "}, "name", "required"),
        ({"name": "あ" * 81}, "name", "too_long"),
        ({"locale": "fr"}, "locale", "not_a_choice"),
        ({"timezone": "Asia/Edo"}, "timezone", "unknown_timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone", "unknown_timezone"),
        ({"working_days": []}, "working_days", "required"),
        ({"working_days": [0]}, "working_days.0", "below_minimum"),
        ({"working_days": [8]}, "working_days.0", "above_maximum"),
        ({"ranks": ["S"]}, "ranks", "unknown_field"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    admin: FieldClient, change: dict[str, Any], field: str, code: str
) -> None:
    before = admin.get("/api/organisation").json
    refused = admin.patch("/api/organisation", json=change)
    assert refused.status_code == 422, refused.text
    assert [(each["field"], each["code"]) for each in refused.json["errors"]] == [(field, code)]
    assert admin.get("/api/organisation").json == before


@pytest.mark.parametrize("role", ["manager", "rep", "back_office"])
def test_only_administrators_change_it(make_user: MakeUser, client_for: ClientFor, role: str) -> None:
    client = client_for(make_user(role))
    assert client.get("/api/organisation").status_code == 403
    assert client.patch("/api/organisation", json={"name": "乗っ取り"}).status_code == 403


def test_in_another_time_zone_due_days_are_counted_again(
    make_user: MakeUser, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due_days, "AT_ONCE", 2)
    boss = make_user("administrator")
    admin = client_for(boss)
    # 05:00 in Tokyo is the evening before in London.
    early, late = "2026-11-17T20:00:00Z", "2026-11-18T01:00:00Z"
    accounts = {}
    for name, moment in (("朝", early), ("昼", late), ("夜明け", early)):
        account = admin.post("/api/accounts", json={"name": name, "cadence_days": 10}).json
        visit = {"account_id": account["id"], "occurred_at": moment, "channel": "visit"}
        assert admin.post("/api/activities", json=visit).status_code == 201
        accounts[name] = account["id"]

    def due() -> dict[str, str]:
        return {name: admin.get(f"/api/accounts/{key}").json["due_on"] for name, key in accounts.items()}

    assert due() == dict.fromkeys(accounts, "2026-11-28")
    assert admin.patch("/api/organisation", json={"timezone": "Europe/London"}).status_code == 200
    session = set_tenant(boss.org.actor)
    waiting = session.scalars(
        text("select args from procrastinate_jobs where task_name = :name"), {"name": due_days.RECOUNT_TASK}
    )
    assert list(waiting) == [{"org_id": boss.org_id}]
    forget_tenant()
    actor, after, rounds = actor_of(boss.org_id, None), None, 0
    while rounds == 0 or after is not None:
        with transaction(actor) as session:
            after = due_days.recount(session, actor, after=after)
        rounds += 1
    assert rounds == 2
    assert due() == {"朝": "2026-11-27", "昼": "2026-11-28", "夜明け": "2026-11-27"}
