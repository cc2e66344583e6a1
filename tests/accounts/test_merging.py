"""Merging: nothing that hung on the merged account is lost, and everybody finds it at the survivor."""

from __future__ import annotations

import pytest


@pytest.fixture
def admin(client_for, make_user):
    return client_for(make_user("administrator"))


@pytest.fixture
def make(admin):
    def make(name, **fields):
        answer = admin.post("/api/accounts", json={"name": name, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    return make


def merge(client, loser, survivor):
    return client.post(f"/api/accounts/{loser}/merge", json={"into_id": survivor})


def test_what_hangs_on_the_merged_account_moves_to_the_survivor(admin, make):
    loser, survivor = make("聖ルカ病院"), make("聖路加国際病院")
    contact = admin.post("/api/contacts", json={"account_id": loser, "name": "佐藤"}).json
    visit = {"account_id": loser, "occurred_at": "2026-11-01T01:00:00Z", "outcome": 1}
    plan = {"next_action": "見積もり", "next_action_on": "2026-11-30"}
    activity = admin.post("/api/activities", json={**visit, **plan, "contact_ids": [contact["id"]]}).json
    cursor = admin.get("/api/sync/pull").json["cursor"]
    answer = merge(admin, loser, survivor)
    assert answer.status_code == 200, answer.text
    row = answer.json
    assert row == admin.get(f"/api/accounts/{survivor}").json
    assert (row["id"], row["last_visit_at"], row["last_outcome"]) == (survivor, "2026-11-01T01:00:00Z", 1)
    assert (row["next_action"], row["next_action_on"]) == ("見積もり", "2026-11-30")
    contacts = admin.get("/api/contacts", query_string={"account_id": survivor}).json["items"]
    assert [each["id"] for each in contacts] == [contact["id"]]
    timeline = admin.get(f"/api/accounts/{survivor}/activities").json["items"]
    assert [each["id"] for each in timeline] == [activity["id"]]
    found = admin.get("/api/accounts", query_string={"q": "佐藤"}).json["items"]
    assert [each["id"] for each in found] == [survivor]
    pulled = admin.get("/api/sync/pull", query_string={"cursor": cursor}).json
    for kind in ("contacts", "activities", "tasks"):
        assert [each["account_id"] for each in pulled[kind]] == [survivor], kind
    assert loser in [each["id"] for each in pulled["gone"]]


def test_what_the_survivor_lacks_is_filled_in_and_lists_are_united(admin, make):
    admin.post(
        "/api/custom-fields", json={"key": "gate", "label_ja": "門", "label_en": "Gate", "type": "text"}
    )
    loser = make(
        "見本商店", name_kana="ミホンショウテン", external_id="K1", phones=["03-1111-1111", "03-3333-3333"],
        tags=["重点", "紹介"], notes="裏口から", win_prob=40, rank="A", custom={"gate": "北"},
        address="東京都千代田区丸の内1-9-1", lon=139.76, lat=35.68,
    )  # fmt: skip
    survivor = make(
        "見本商店 本店",
        phones=["03-2222-2222", "03-3333-3333"],
        tags=["展示会"],
        notes="正面から",
        win_prob=0,
    )
    row = merge(admin, loser, survivor).json
    assert (row["name"], row["notes"], row["win_prob"]) == ("見本商店 本店", "正面から", 0)
    assert (row["name_kana"], row["external_id"], row["rank"]) == ("ミホンショウテン", "K1", "A")
    assert [each["number"] for each in row["phones"]] == ["+81322222222", "+81333333333", "+81311111111"]
    assert (row["tags"], row["custom"]) == (["展示会", "重点", "紹介"], {"gate": "北"})
    assert (row["address"], row["lon"], row["geo_source"]) == ("東京都千代田区丸の内1-9-1", 139.76, "drag")
    tile = admin.get("/api/accounts", query_string={"bbox": "139.7,35.6,139.8,35.7"}).json["items"]
    assert [each["id"] for each in tile] == [survivor]


def test_a_survivors_own_address_keeps_its_pin(admin, make):
    loser = make("甲", address="東京都千代田区丸の内1-9-1", lon=139.76, lat=35.68)
    survivor = make("乙", address="大阪府大阪市北区梅田1-1", lon=135.49, lat=34.70)
    row = merge(admin, loser, survivor).json
    assert (row["address"], row["lon"]) == ("大阪府大阪市北区梅田1-1", 135.49)


def test_both_histories_tell_of_the_merge(admin, make):
    loser, survivor = make("甲"), make("乙")
    merge(admin, loser, survivor)
    first, second = (admin.get(f"/api/accounts/{each}/history").json["items"] for each in (loser, survivor))
    assert ("merge", {"merged_into": [None, "乙"]}) in [(item["action"], item["changes"]) for item in first]
    assert ("merge", {"merged_from": [None, "甲"]}) in [(item["action"], item["changes"]) for item in second]


def test_merging_is_refused_where_it_makes_no_sense(admin, make):
    loser, survivor, other = make("甲"), make("乙"), make("丙")
    assert merge(admin, loser, loser).json["code"] == "same_account"
    unknown = merge(admin, loser, "0190c0de-0000-7000-8000-000000000000")
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "into_id")
    assert merge(admin, loser, survivor).status_code == 200
    again = merge(admin, loser, other)
    assert (again.status_code, again.json["code"]) == (409, "already_merged")
    assert merge(admin, other, loser).status_code == 422
    restored = admin.post(f"/api/accounts/{loser}/restore")
    assert (restored.status_code, restored.json["code"]) == (409, "already_merged")


def test_managers_merge_what_is_their_teams_and_reps_nothing(client_for, make_user, make_team, make):
    mine, theirs = make_team(), make_team()
    manager = client_for(make_user("manager", teams=[mine]))
    rep = client_for(make_user("rep", teams=[mine]))
    first, second = make("甲", team_id=str(mine.id)), make("乙", team_id=str(mine.id))
    foreign = make("丙", team_id=str(theirs.id))
    assert merge(rep, first, second).status_code == 403
    assert merge(manager, foreign, first).status_code == 404
    assert merge(manager, first, foreign).status_code == 422
    assert merge(manager, first, second).status_code == 200
