"""The URLs of visits: logging, amending, tasks, the team's day."""

from __future__ import annotations

import pytest

from fieldcrm.core.ids import new_id


@pytest.fixture
def rep(make_user):
    return make_user("rep", name="山田太郎")


@pytest.fixture
def client(client_for, rep):
    return client_for(rep)


@pytest.fixture
def account(client):
    return client.post("/api/accounts", json={"name": "聖ルカ病院", "cadence_days": 30}).json


@pytest.fixture(autouse=True)
def noon(frozen_clock):
    frozen_clock.set("2026-11-20T12:00:00+09:00")


def visit(account, **fields):
    return {"id": str(new_id()), "account_id": account["id"], "occurred_at": "2026-11-20T02:30:00Z", **fields}


def test_visit_carries_its_place_and_shows_on_the_timeline(client, account, rep):
    body = visit(account, outcome=1, note="担当者と面談", duration_min=20,
                 position={"lon": 139.77, "lat": 35.66, "accuracy_m": 12})  # fmt: skip
    made = client.post("/api/activities", json=body)
    assert made.status_code == 201
    assert (made.json["lon"], made.json["accuracy_m"], made.json["user_id"]) == (139.77, 12, str(rep.id))
    timeline = client.get(f"/api/accounts/{account['id']}/activities").json
    assert timeline["items"] == [made.json]
    shown = client.get(f"/api/accounts/{account['id']}").json
    assert (shown["last_visit_at"], shown["due_on"]) == ("2026-11-20T02:30:00Z", "2026-12-20")


def test_visit_sent_twice_is_stored_once(client, account):
    body = visit(account, win_prob=40, next_action="電話", next_action_on="2026-11-27")
    key = {"Idempotency-Key": str(new_id())}
    first = client.post("/api/activities", json=body, headers=key)
    replay = client.post("/api/activities", json=body, headers=key)
    again = client.post("/api/activities", json=body)
    assert (first.status_code, replay.status_code, again.status_code) == (201, 201, 200)
    assert replay.headers["Idempotent-Replay"] == "true"
    assert first.json == replay.json == again.json
    assert len(client.get("/api/activities").json["items"]) == 1
    assert len(client.get("/api/tasks").json["items"]) == 1
    other = client.post("/api/activities", json={**body, "note": "別の内容"})
    assert (other.status_code, other.json["code"]) == (409, "id_taken")


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"occurred_at": "2026-11-22T00:00:00Z"}, "occurred_at", "in_the_future"),
        ({"occurred_at": "1999-12-31T00:00:00Z"}, "occurred_at", "too_long_ago"),
        ({"occurred_at": "2026-02-30T00:00:00Z"}, "occurred_at", "bad_date"),
        ({"outcome": 99}, "outcome", "not_a_choice"),
        ({"status": 99}, "status", "not_a_choice"),
        ({"channel": "fax"}, "channel", "not_a_choice"),
        ({"note": "あ" * 10_001}, "note", "too_long"),
        ({"note": "a\x00"}, "note", "bad_characters"),
        ({"win_prob": -1}, "win_prob", "below_minimum"),
        ({"channel": "call", "position": {"lon": 139, "lat": 35}}, "position", "only_at_visit"),
        ({"contact_ids": [str(new_id())]}, "contact_ids.0", "unknown_reference"),
        ({"next_action_on": "2026-13-01"}, "next_action_on", "bad_date"),
    ],
)
def test_bad_visit_is_refused_at_its_field_and_changes_nothing(client, account, fields, field, code):
    answer = client.post("/api/activities", json=visit(account, **fields))
    assert answer.status_code == 422
    assert (answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]) == (field, code)
    assert client.get("/api/activities").json["items"] == []
    assert client.get(f"/api/accounts/{account['id']}").json == account


def test_phone_clock_may_run_a_few_hours_ahead(client, account):
    body = visit(account, occurred_at="2026-11-21T02:00:00Z")
    assert client.post("/api/activities", json=body).status_code == 201


def test_call_is_a_contact_but_no_visit(client, account):
    client.post("/api/activities", json=visit(account, channel="call", outcome=1))
    shown = client.get(f"/api/accounts/{account['id']}").json
    assert shown["last_contact_at"] == "2026-11-20T02:30:00Z"
    assert (shown["last_visit_at"], shown["last_outcome"]) == (None, None)


def test_visit_that_arrives_late_does_not_undo_a_newer_one(client, account):
    client.post("/api/activities", json=visit(account, win_prob=60, status=3, outcome=1))
    late = visit(account, occurred_at="2026-11-18T02:00:00Z", win_prob=10, status=6, outcome=2)
    made = client.post("/api/activities", json=late).json
    assert made["win_prob_after"] == 10
    shown = client.get(f"/api/accounts/{account['id']}").json
    assert (shown["win_prob"], shown["status"], shown["last_outcome"]) == (60, 3, 1)


def test_edit_on_the_same_day_replaces_and_later_amends(client, account, frozen_clock):
    made = client.post("/api/activities", json=visit(account, note="初稿", outcome=2)).json
    url = f"/api/activities/{made['id']}"
    edited = client.patch(url, json={"note": "清書", "outcome": 1}).json
    assert (edited["note"], edited["is_amended"], edited["amendments"]) == ("清書", False, [])
    assert client.get(f"/api/accounts/{account['id']}").json["last_outcome"] == 1
    frozen_clock.move(hours=13)  # past midnight in Tokyo
    amended = client.patch(url, json={"note": "訂正"}).json
    assert (amended["note"], amended["is_amended"]) == ("訂正", True)
    assert [entry["previous"] for entry in amended["amendments"]] == [{"note": "清書"}]


def test_only_author_or_administrator_changes_a_record(client, account, client_for, make_user):
    made = client.post("/api/activities", json=visit(account, note="私の記録")).json
    url = f"/api/activities/{made['id']}"
    office = client_for(make_user("back_office"))
    refused = office.patch(url, json={"note": "書き換え"})
    assert (refused.status_code, refused.json["code"]) == (403, "not_the_author")
    admin = client_for(make_user("administrator"))
    amended = admin.patch(url, json={"note": "管理者の訂正"}).json
    assert amended["amendments"][0]["previous"] == {"note": "私の記録"}


def test_next_action_replaces_the_authors_former_one_and_follows_the_task(client, account):
    client.post("/api/activities", json=visit(account, next_action="電話", next_action_on="2026-11-24"))
    later = visit(
        account, occurred_at="2026-11-20T02:45:00Z", next_action="見積", next_action_on="2026-11-27"
    )
    client.post("/api/activities", json=later)
    (task,) = client.get("/api/tasks").json["items"]
    assert (task["title"], task["due_on"]) == ("見積", "2026-11-27")
    url = f"/api/tasks/{task['id']}"
    moved = client.patch(url, json={"due_on": "2026-12-01"}).json
    assert moved["due_on"] == "2026-12-01"
    assert client.get(f"/api/accounts/{account['id']}").json["next_action_on"] == "2026-12-01"
    assert client.get("/api/tasks", query_string={"due_before": "2026-12-01"}).json["items"] == []
    done = client.patch(url, json={"done": True}).json
    assert done["done_at"] == "2026-11-20T03:00:00Z"
    assert client.get(f"/api/accounts/{account['id']}").json["next_action"] is None
    assert client.patch(url, json={"done": False}).json["done_at"] is None
    assert client.get(f"/api/accounts/{account['id']}").json["next_action"] == "見積"


def test_a_task_is_added_once_and_is_the_accounts_next_action(client, account, client_for, make_user):
    draft = {
        "id": "01890000-0000-7000-8000-00000000abcd",
        "account_id": account["id"],
        "title": "カタログを送る",
        "due_on": "2026-11-25",
    }
    made = client.post("/api/tasks", json=draft)
    assert (made.status_code, made.json["title"], made.json["done_at"]) == (201, "カタログを送る", None)
    again = client.post("/api/tasks", json=draft)
    assert (again.status_code, again.json) == (200, made.json)
    shown = client.get(f"/api/accounts/{account['id']}").json
    assert (shown["next_action"], shown["next_action_on"]) == ("カタログを送る", "2026-11-25")
    elsewhere = client_for(make_user("administrator")).post("/api/tasks", json=draft)
    assert (elsewhere.status_code, elsewhere.json["code"]) == (409, "id_taken")
    nobodys = {**draft, "id": None, "account_id": "01890000-0000-7000-8000-000000000000"}
    assert client.post("/api/tasks", json=nobodys).status_code == 404
    assert client.post("/api/tasks", json={**draft, "id": None, "title": " "}).status_code == 422


def test_team_day_is_the_local_day_and_a_rep_sees_their_own(client, account, client_for, make_user):
    admin = client_for(make_user("administrator"))
    client.post("/api/activities", json=visit(account, outcome=1))
    client.post("/api/activities", json=visit(account, channel="call"))
    client.post("/api/activities", json=visit(account, outcome=2, occurred_at="2026-11-19T14:59:00Z"))
    client.post("/api/activities", json=visit(account, outcome=2, occurred_at="2026-11-19T15:01:00Z"))
    admin.post("/api/activities", json=visit(account, outcome=1))
    day = admin.get("/api/team/today").json
    assert (day["date"], len(day["items"])) == ("2026-11-20", 4)
    assert day["items"][0]["account_name"] == "聖ルカ病院"
    mine = next(line for line in day["by_user"] if line["name"] == "山田太郎")
    assert (mine["visits"], mine["met"], mine["last_at"]) == (2, 1, "2026-11-20T02:30:00Z")
    assert len(client.get("/api/team/today").json["items"]) == 3
    assert len(admin.get("/api/team/today", query_string={"date": "2026-11-19"}).json["items"]) == 1


def test_timeline_pages_hold_every_activity_once(client, account, count_queries):
    for _ in range(5):
        client.post("/api/activities", json=visit(account))
    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/api/accounts/{account['id']}/activities", query_string=query).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_visit_to_another_organisations_account_is_not_there(
    client, make_organisation, make_user, client_for
):
    foreign = client_for(make_user("administrator", org=make_organisation()))
    theirs = foreign.post("/api/accounts", json={"name": "よその客"}).json
    assert client.post("/api/activities", json=visit(theirs)).status_code == 404
    made = foreign.post(
        "/api/activities", json=visit(theirs, next_action="x", next_action_on="2026-11-30")
    ).json
    assert client.get(f"/api/activities/{made['id']}").status_code == 404
    assert client.patch(f"/api/activities/{made['id']}", json={"note": "x"}).status_code == 404
    (task,) = foreign.get("/api/tasks").json["items"]
    assert client.patch(f"/api/tasks/{task['id']}", json={"done": True}).status_code == 404
    assert client.get("/api/tasks").json["items"] == []
