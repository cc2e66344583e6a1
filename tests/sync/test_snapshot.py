"""The first load: the same rows as the API answers, once each, only what the person may see."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from fieldcrm.accounts import service as accounts
from fieldcrm.core import clock
from fieldcrm.core.db import db, transaction
from fieldcrm.sync import snapshot
from fieldcrm.sync.models import Conflict
from tests.sync.conftest import first_load, hang_on, load_part, pull, rows_of

POSITION = {"lon": 139.767125, "lat": 35.681236, "geo_source": "here"}
FULL = {
    "name": "聖ルカ病院",
    "name_kana": "せいるかびょういん",
    "kind": "company",
    "address": "東京都千代田区丸の内1丁目",
    "building": '本館 "A"',
    "phones": ["03-1234-5678", "090-1234-5678 内線12"],
    "email": "info@example.jp",
    "tags": ["重点", "紹介, \\ {x}"],
    "cadence_days": 30,
    "win_prob": 65,
    "rank": "A",
    "opening_hours": {"mon": [["09:00", "12:00"]]},
    "notes": '一行目\n二行目\t"引用" 🏥',
    **POSITION,
}


@pytest.fixture
def visited(admin, organisation):
    """A full account with everything that can hang on it, and a bare one with a visit."""
    account = admin.post("/api/accounts", json=FULL).json
    bare = admin.post("/api/accounts", json={"name": "空"}).json
    contact = admin.post(
        "/api/contacts", json={"account_id": account["id"], "name": "佐藤", "phones": ["0312345678"]}
    ).json
    body = {
        "account_id": account["id"],
        "occurred_at": "2026-11-01T01:00:00.250Z",
        "note": "面談",
        "contact_ids": [contact["id"]],
        "next_action": "電話",
        "next_action_on": "2026-11-28",
        "position": {"lon": 139.7, "lat": 35.6, "accuracy_m": 12.5},
    }
    visit = admin.post("/api/activities", json=body).json
    other = admin.post(
        "/api/activities", json={"account_id": bare["id"], "occurred_at": "2026-11-02T00:00:00Z"}
    )
    assert other.status_code < 300
    admin.patch(f"/api/activities/{visit['id']}", json={"note": "面談二回"})
    with transaction(organisation.actor) as session:
        hang_on(session, account["id"])
    return account["id"]


def test_columns_hold_what_the_rows_of_the_api_do(frozen_clock, admin, visited):
    frozen_clock.move(days=2)
    for note in ("後日の直し", "もう一度"):
        visit = admin.get(f"/api/accounts/{visited}/activities").json["items"][0]["id"]
        assert admin.patch(f"/api/activities/{visit}", json={"note": note}).json["is_amended"]
        frozen_clock.move(days=1)
    loaded, pulled = first_load(admin), pull(admin)
    for key in ("accounts", "activities", "contacts", "tasks", "attachments", "conflicts"):
        by_id = {row["id"]: row for row in pulled[key]}
        assert by_id, key
        assert {row["id"]: row for row in loaded[key]} == by_id
    assert [len(row["amendments"]) for row in loaded["activities"] if row["account_id"] == visited] == [2]


def test_rows_are_a_cut_of_the_whole_accounts(admin, visited):
    page = load_part(admin, "rows")
    whole = {row["id"]: row for row in pull(admin)["accounts"]}
    rows = rows_of(page["tables"]["accounts"])
    assert len(rows) == len(whole) == page["total"] == 2
    for row in rows:
        assert row == {name: whole[row["id"]][name] for name in page["tables"]["accounts"]["columns"]}
    assert {"name", "lon", "phone_display", "due_on", "custom"} <= set(rows[0])
    assert (page["is_partial"], page["working_set"], page["next"]) == (False, None, None)


def test_an_empty_organisation_has_empty_columns(admin):
    for part in ("rows", "details", "activities"):
        for table in load_part(admin, part)["tables"].values():
            assert table["data"] == [[] for _ in table["columns"]]


def test_pages_lose_and_double_nothing(admin, organisation, monkeypatch):
    with transaction(organisation.actor) as session:
        made = accounts.bulk_create(session, organisation.actor, [{"name": f"店{n}"} for n in range(23)])
        for account_id in made:
            hang_on(session, account_id)
    for number, account_id in enumerate(made):
        body = {"account_id": str(account_id), "occurred_at": f"2026-11-{1 + number // 8:02}T01:00:00Z"}
        admin.post("/api/activities", json={**body, "next_action": "次"})
        admin.post("/api/contacts", json={"account_id": str(account_id), "name": "佐藤"})
    whole = first_load(admin)
    monkeypatch.setattr(snapshot, "DETAILS_PAGE", 5)
    monkeypatch.setattr(snapshot, "ACTIVITIES_PAGE", 7)
    assert load_part(admin, "details")["next"] is not None
    assert first_load(admin) == whole
    assert {key: len(rows) for key, rows in whole.items()} == {
        "accounts": 23,
        "contacts": 23,
        "tasks": 23,
        "appointments": 0,
        "attachments": 23,
        "conflicts": 23,
        "activities": 23,
    }
    times = [row["occurred_at"] for row in whole["activities"]]
    assert times == sorted(times, reverse=True)


def test_what_changes_during_the_load_comes_with_the_pull_from_its_cursor(admin, visited):
    cursor = load_part(admin, "rows")["cursor"]
    admin.patch(f"/api/accounts/{visited}", json={"name": "改名"})
    later = admin.post("/api/accounts", json={"name": "新顧客"}).json["id"]
    page = load_part(admin, "details", cursor=cursor)
    assert page["cursor"] == cursor
    assert {row["id"] for row in pull(admin, cursor, reach=page["reach"])["accounts"]} == {visited, later}


def test_deleted_done_and_old_rows_are_left_out(admin, visited, organisation):
    gone = admin.post("/api/accounts", json={"name": "消える"}).json["id"]
    plan = {"account_id": gone, "occurred_at": "2026-11-01T01:00:00Z", "next_action": "x"}
    admin.post("/api/activities", json=plan)
    admin.post("/api/contacts", json={"account_id": gone, "name": "佐藤"})
    admin.delete(f"/api/accounts/{gone}")
    long_ago = clock.iso(clock.now() - timedelta(days=366))
    assert (
        admin.post("/api/activities", json={"account_id": visited, "occurred_at": long_ago}).status_code < 300
    )
    task = pull(admin)["tasks"][0]["id"]
    admin.patch(f"/api/tasks/{task}", json={"done": True})
    with transaction(organisation.actor) as session:
        session.scalars(select(Conflict)).one().settled_at = clock.now()
    loaded = first_load(admin)
    assert {key: len(rows) for key, rows in loaded.items()} == {
        "accounts": 2,
        "contacts": 1,
        "tasks": 0,
        "appointments": 0,
        "attachments": 1,
        "conflicts": 0,
        "activities": 2,
    }
    assert gone not in json.dumps(loaded)


def test_rep_loads_only_what_they_may_see(client_for, make_user, make_team):
    rep, other = make_user(teams=[make_team()]), make_user(teams=[make_team()])
    theirs = client_for(other).post("/api/accounts", json={"name": "他チームの客"}).json
    plan = {"account_id": theirs["id"], "occurred_at": "2026-11-01T01:00:00Z", "next_action": "x"}
    client_for(other).post("/api/activities", json=plan)
    client_for(other).post("/api/contacts", json={"account_id": theirs["id"], "name": "佐藤"})
    mine = client_for(rep).post("/api/accounts", json={"name": "私の客"}).json
    assert [row["id"] for row in rows_of(load_part(client_for(rep), "rows")["tables"]["accounts"])] == [
        mine["id"]
    ]
    loaded = first_load(client_for(rep))
    assert [row["id"] for row in loaded["accounts"]] == [mine["id"]]
    assert loaded["activities"] == loaded["contacts"] == loaded["tasks"] == []


def test_each_part_asks_the_same_few_queries_for_any_number_of_rows(admin, visited, count_queries):
    for part, most in (("rows", 4), ("details", 7), ("activities", 4)):
        with count_queries() as few:
            load_part(admin, part)
        assert len(few) <= most, few
    for number in range(4):
        admin.post("/api/accounts", json={"name": f"店{number}"})
    with count_queries() as many:
        load_part(admin, "activities")
    assert len(many) == len(few)


def test_the_answer_is_compressed(admin, visited):
    for number in range(20):
        admin.post("/api/accounts", json={"name": f"店{number}", **POSITION})
    answer = admin.get("/api/sync/snapshot?part=rows", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data))["total"] == 22


@pytest.mark.parametrize("query", ["part=all", "after=x&part=details", "working_set=W10", "cursor=-1"])
def test_nonsense_is_refused(admin, query):
    assert admin.get(f"/api/sync/snapshot?{query}").status_code == 422


def test_beyond_the_most_a_phone_takes_what_matters_comes_first(
    admin, client_for, make_user, organisation, monkeypatch
):
    now = clock.now()
    me = make_user("administrator")
    longest_ago, lately = now - timedelta(days=500), now - timedelta(days=3)
    rows = [
        {"name": "触られず"},
        {"name": "変更のみ"},
        {"name": "最近訪問", "last_contact_at": lately},
        {"name": "先月訪問", "last_contact_at": now - timedelta(days=30)},
        {"name": "やること"},
        {"name": "自分の客", "owner_id": me.id},
    ]
    with transaction(organisation.actor) as session:
        made = accounts.bulk_create(session, organisation.actor, rows)
    client_for(me).post(
        "/api/activities",
        json={"account_id": str(made[4]), "occurred_at": "2020-01-01T00:00:00Z", "next_action": "電話"},
    )
    with transaction(organisation.actor):
        db.session.connection().exec_driver_sql(
            "update accounts set updated_at = %s where org_id = %s and name = '触られず'",
            (longest_ago, organisation.org_id),
        )
    expected = ["自分の客", "やること", "最近訪問", "先月訪問", "変更のみ"]
    for most in range(1, 6):
        monkeypatch.setattr("fieldcrm.sync.working_set.MOST", most)
        monkeypatch.setattr("fieldcrm.sync.snapshot.MOST", most)
        page = load_part(client_for(me), "rows")
        names = {row["name"] for row in rows_of(page["tables"]["accounts"])}
        kept = set(expected[:most])
        assert (len(names), page["is_partial"], page["total"]) == (most, True, 6)
        if most > 1:  # which of the first two is the later one is not what this is about
            assert names == kept
        assert {row["name"] for row in first_load(client_for(me))["accounts"]} == names
