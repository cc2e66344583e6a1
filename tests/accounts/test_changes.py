"""Changing accounts: merging and colliding edits, places, history, contacts, settings."""

from __future__ import annotations

import pytest


@pytest.fixture
def admin(client_for, make_user):
    return client_for(make_user("administrator"))


@pytest.fixture
def account(admin):
    return admin.post("/api/accounts", json={"name": "聖ルカ病院", "address": "東京都中央区明石町9-1"}).json


def url_of(account):
    return f"/api/accounts/{account['id']}"


def test_edits_of_different_fields_are_merged(admin, account):
    base = account["version"]
    admin.patch(url_of(account), json={"win_prob": 30, "base_version": base})
    merged = admin.patch(url_of(account), json={"notes": "裏口から", "base_version": base})
    assert merged.status_code == 200
    assert (merged.json["win_prob"], merged.json["notes"]) == (30, "裏口から")


def test_edits_of_the_same_field_collide_and_show_what_is_there(admin, account):
    base = account["version"]
    admin.patch(url_of(account), json={"notes": "一人目", "base_version": base})
    late = admin.patch(url_of(account), json={"notes": "二人目", "win_prob": 5, "base_version": base})
    assert late.status_code == 412
    assert late.json["fields"] == ["notes"]
    assert late.json["current"]["notes"] == "一人目"
    assert admin.get(url_of(account)).json["win_prob"] is None
    again = admin.patch(
        url_of(account), json={"notes": "二人目", "base_version": late.json["current"]["version"]}
    )
    assert again.json["notes"] == "二人目"


def test_changed_address_moves_the_pin_but_not_one_a_person_put(admin, account):
    moved = admin.patch(url_of(account), json={"address": "大阪府大阪市北区梅田1-1"}).json
    assert (moved["prefecture"], moved["geo_source"]) == ("大阪府", "gazetteer")
    assert moved["lat"] < 35
    place = {"lon": 139.7745, "lat": 35.6672, "source": "here", "accuracy_m": 8}
    put = admin.put(f"{url_of(account)}/position", json=place).json
    assert (put["lon"], put["lat"], put["geo_source"], put["precision"]) == (
        139.7745,
        35.6672,
        "here",
        "exact",
    )
    assert put["geo_flags"] == ["outside_prefecture"]
    later = admin.patch(url_of(account), json={"address": "北海道札幌市中央区北1条西2丁目"}).json
    assert (later["lon"], later["lat"], later["geo_source"]) == (139.7745, 35.6672, "here")
    assert "stale" in later["geo_flags"]


def test_pin_in_the_sea_is_kept_and_flagged(admin, account):
    put = admin.put(f"{url_of(account)}/position", json={"lon": 145.0, "lat": 30.0, "source": "drag"}).json
    assert put["geo_flags"] == ["not_in_japan"]


@pytest.mark.parametrize(
    ("place", "field", "code"),
    [
        ({"lon": 35.6, "lat": 139.7, "source": "drag"}, "lat", "above_maximum"),
        ({"lon": 181, "lat": 35, "source": "drag"}, "lon", "above_maximum"),
        ({"lon": 139.7, "lat": 35.6, "source": "gazetteer"}, "source", "not_a_choice"),
        ({"lon": 139.7, "source": "here"}, "lat", "required"),
        ({"lon": "NaN", "lat": 35.6, "source": "here"}, "lon", "not_a_number"),
    ],
)
def test_impossible_position_is_refused_at_its_field(admin, account, place, field, code):
    answer = admin.put(f"{url_of(account)}/position", json=place)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    assert admin.get(url_of(account)).json["version"] == account["version"]


def test_history_tells_each_change_with_names_in_few_queries(admin, account, make_user, count_queries):
    rep = make_user("rep", name="山田太郎")
    for number in range(5):
        admin.patch(url_of(account), json={"win_prob": number * 10, "owner_id": str(rep.id)})
    with count_queries() as queries:
        page = admin.get(f"{url_of(account)}/history").json
    assert len(queries) <= 12
    newest = page["items"][0]
    assert (newest["action"], newest["changes"]) == ("update", {"win_prob": [30, 40]})
    assert newest["by_name"]
    assert page["items"][-1]["action"] == "create"
    assert page["items"][-1]["changes"]["name"] == [None, "聖ルカ病院"]
    assert page["names"][str(rep.id)] == "山田太郎"
    first = admin.get(f"{url_of(account)}/history", query_string={"limit": 2}).json
    rest = admin.get(
        f"{url_of(account)}/history", query_string={"limit": 50, "cursor": first["next_cursor"]}
    ).json
    assert first["items"] + rest["items"] == page["items"]


def test_external_id_is_one_accounts_only(admin, account):
    admin.patch(url_of(account), json={"external_id": "C-1"})
    other = admin.post("/api/accounts", json={"name": "別の店", "external_id": "C-1"})
    assert other.status_code == 422
    assert other.json["errors"][0]["code"] == "already_taken"


def test_custom_fields_are_defined_filled_filtered_and_found(admin, client_for, make_user, account):
    dept = {"key": "dept", "label_ja": "診療科", "label_en": "Department", "type": "choice"}
    made = admin.post("/api/custom-fields", json={**dept, "choices": ["内科", "外科"]})
    assert made.status_code == 201
    beds = {"key": "beds", "label_ja": "病床数", "label_en": "Beds", "type": "number"}
    admin.post("/api/custom-fields", json=beds)
    admin.patch(url_of(account), json={"custom": {"dept": "内科", "beds": "120"}})
    kept = admin.patch(url_of(account), json={"custom": {"beds": 130}}).json
    assert kept["custom"] == {"dept": "内科", "beds": 130}
    for query, count in (
        ({"custom.dept": "内科"}, 1),
        ({"custom.dept": "外科"}, 0),
        ({"custom.beds": "130"}, 1),
        ({"q": "内科"}, 1),
    ):
        assert len(admin.get("/api/accounts", query_string=query).json["items"]) == count, query
    assert admin.patch(url_of(account), json={"custom": {"beds": None}}).json["custom"] == {"dept": "内科"}
    rep = client_for(make_user("rep"))
    assert rep.post("/api/custom-fields", json={**beds, "key": "x"}).status_code == 403


def test_status_in_use_is_only_taken_away_when_told_to(admin, account):
    refused = admin.patch("/api/statuses/1", json={"is_active": False})
    assert (refused.status_code, refused.json["code"]) == (409, "status_in_use")
    assert "1" in refused.json["title"]
    done = admin.patch("/api/statuses/1", json={"is_active": False, "force": True})
    assert done.json["is_active"] is False
    assert admin.get(url_of(account)).json["status"] == 1
    fresh = admin.post("/api/accounts", json={"name": "新しい店"}).json
    assert fresh["status"] == 2


def test_account_is_found_by_its_contacts(admin, account):
    body = {"account_id": account["id"], "name": "佐藤花子", "phones": ["090-1234-5678"]}
    made = admin.post("/api/contacts", json=body)
    assert made.status_code == 201
    found = admin.get("/api/accounts", query_string={"q": "佐藤花子"}).json["items"]
    assert [item["id"] for item in found] == [account["id"]]
    contact = f"/api/contacts/{made.json['id']}"
    assert admin.patch(contact, json={"name": "鈴木花子"}).json["name"] == "鈴木花子"
    assert admin.get("/api/accounts", query_string={"q": "佐藤花子"}).json["items"] == []
    assert admin.delete(contact).status_code == 204
    assert admin.get("/api/contacts", query_string={"account_id": account["id"]}).json["items"] == []
