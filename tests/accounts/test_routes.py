"""The URLs of accounts: shapes, errors at the field, other organisations, repeats."""

from __future__ import annotations

import uuid

import pytest

from fieldcrm.core.ids import new_id


@pytest.fixture
def rep(make_user):
    return make_user("rep")


@pytest.fixture
def client(client_for, rep):
    return client_for(rep)


def codes(answer):
    return {error["field"]: error["code"] for error in answer.json["errors"]}


def test_account_is_created_read_changed_and_listed(client, rep):
    made = client.post("/api/accounts", json={"name": "聖ルカ病院", "address": "東京都中央区明石町9-1"})
    assert made.status_code == 201
    assert made.json["owner_id"] == str(rep.id)
    url = f"/api/accounts/{made.json['id']}"
    changed = client.patch(url, json={"win_prob": 40, "status": 2}).json
    assert (changed["win_prob"], changed["win_prob_by"], changed["status"]) == (40, str(rep.id), 2)
    assert client.get(url).json == changed
    assert [item["id"] for item in client.get("/api/accounts").json["items"]] == [made.json["id"]]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "required"),
        ({"name": "  "}, "name", "required"),
        ({"name": "あ" * 201}, "name", "too_long"),
        ({"name": "a\x00b"}, "name", "bad_characters"),
        ({"name": "x", "win_prob": 101}, "win_prob", "above_maximum"),
        ({"name": "x", "win_prob": "high"}, "win_prob", "not_a_number"),
        ({"name": "x", "status": 99}, "status", "not_a_choice"),
        ({"name": "x", "rank": "Z"}, "rank", "not_a_choice"),
        ({"name": "x", "phones": ["abc"]}, "phones.0.number", "bad_phone"),
        ({"name": "x", "email": "nobody"}, "email", "bad_email"),
        ({"name": "x", "web": "javascript:alert(1)"}, "web", "bad_url"),
        ({"name": "x", "owner_id": str(uuid.uuid4())}, "owner_id", "unknown_reference"),
        ({"name": "x", "owner_id": "me"}, "owner_id", "bad_id"),
        ({"name": "x", "cadence_days": 0}, "cadence_days", "below_minimum"),
        ({"name": "x", "custom": {"nope": 1}}, "custom.nope", "unknown_field"),
        ({"name": "x", "colour": "red"}, "colour", "unknown_field"),
        ({"name": "x", "lon": 35.6, "lat": 139.7}, "lat", "above_maximum"),
        ({"name": "x", "tags": ["あ" * 51]}, "tags.0", "too_long"),
        ({"name": "x", "tags": [str(n) for n in range(31)]}, "tags", "too_many"),
        (
            {"name": "x", "opening_hours": {"mon": [["22:00", "02:00"]]}},
            "opening_hours.mon.0",
            "hours_backwards",
        ),
        ({"name": "x", "opening_hours": {"mon": [["9", "12:00"]]}}, "opening_hours.mon.0", "bad_hours"),
        (
            {"name": "x", "opening_hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}},
            "opening_hours.mon",
            "hours_overlap",
        ),
        ({"name": "x", "notes": "あ" * 10_001}, "notes", "too_long"),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_stored(client, body, field, code):
    answer = client.post("/api/accounts", json=body)
    assert answer.status_code == 422
    assert codes(answer)[field] == code
    assert all(error["message"] != error["code"] for error in answer.json["errors"])
    assert client.get("/api/accounts").json["items"] == []


def test_odd_but_good_input_is_kept(client):
    body = {
        "name": "🏥ﾊﾟﾙ薬局", "name_kana": "ﾊﾟﾙﾔｯｷｮｸ", "phones": ["０３（１２３４）５６７８ 内線12"],
        "postal_code": "〒１０４ー００４４", "web": "example.jp", "tags": [" 重点 ", "重点", ""],
    }  # fmt: skip
    made = client.post("/api/accounts", json=body).json
    assert made["name"] == "🏥ﾊﾟﾙ薬局"
    assert made["phones"] == [{"number": "+81312345678", "label": "内線12"}]
    assert made["phone_display"] == "03-1234-5678"
    assert made["postal_code"] == "104-0044"
    assert made["web"] == "https://example.jp"
    assert made["tags"] == ["重点"]
    found = client.get("/api/accounts", query_string={"q": "パルやっきょく"}).json["items"]
    assert [item["id"] for item in found] == [made["id"]]


def test_creating_twice_with_one_id_gives_the_same_account(client):
    body = {"id": str(new_id()), "name": "見本商店", "address": "東京都中央区銀座4-1"}
    first = client.post("/api/accounts", json=body)
    again = client.post("/api/accounts", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    other = client.post("/api/accounts", json={**body, "name": "別の店"})
    assert (other.status_code, other.json["code"]) == (409, "id_taken")


def test_account_of_another_organisation_is_not_there(client, make_organisation, make_user, client_for):
    foreign = client_for(make_user("administrator", org=make_organisation()))
    account_id = foreign.post("/api/accounts", json={"name": "よその客"}).json["id"]
    url = f"/api/accounts/{account_id}"
    assert client.get(url).status_code == 404
    assert client.patch(url, json={"name": "盗む"}).status_code == 404
    assert client.delete(url).status_code == 404
    assert (
        client.put(f"{url}/position", json={"lon": 139.7, "lat": 35.6, "source": "drag"}).status_code == 404
    )
    assert client.get(f"{url}/history").status_code == 404
    assert client.post(f"{url}/restore").status_code == 404
    assert foreign.get(url).json["name"] == "よその客"


def test_deleted_account_leaves_lists_and_comes_back(client_for, make_user):
    client = client_for(make_user("administrator"))
    account_id = client.post("/api/accounts", json={"name": "見本商店"}).json["id"]
    url = f"/api/accounts/{account_id}"
    assert client.delete(url).status_code == 204
    assert client.delete(url).status_code == 204
    assert client.get("/api/accounts").json["items"] == []
    assert client.patch(url, json={"name": "x"}).status_code == 404
    assert client.post(f"{url}/restore").json["deleted_at"] is None
    assert len(client.get("/api/accounts").json["items"]) == 1


def test_rep_sees_own_team_and_pool_and_back_office_may_not_write(
    make_user, make_team, client_for, make_account
):
    mine, theirs = make_team(), make_team()
    rep, colleague, other = make_user(teams=[mine]), make_user(teams=[mine]), make_user(teams=[theirs])
    names = {"自分": rep.id, "同僚": colleague.id, "他チーム": other.id, "共有": None}
    ids = {name: make_account(name, owner_id=owner) for name, owner in names.items()}
    seen = {item["name"] for item in client_for(rep).get("/api/accounts").json["items"]}
    assert seen == {"自分", "同僚", "共有"}
    assert client_for(rep).get(f"/api/accounts/{ids['他チーム']}").status_code == 404
    assert client_for(rep).delete(f"/api/accounts/{ids['同僚']}").status_code == 403
    assert client_for(rep).patch(f"/api/accounts/{ids['同僚']}", json={"notes": "代理"}).status_code == 200
    office = client_for(make_user("back_office"))
    assert len(office.get("/api/accounts").json["items"]) == 4
    assert office.patch(f"/api/accounts/{ids['自分']}", json={"name": "x"}).status_code == 403
