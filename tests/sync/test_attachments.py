"""Attachments travel with what they belong to: announced with the visit, seen by the others' phones."""

from __future__ import annotations

from fieldcrm.core.ids import new_id
from tests.files import samples
from tests.visits.attaching import draft, send_all


def announced(phone, account_id, content=None, **fields):
    body = draft({"id": account_id}, content or samples.picture(), **fields)
    return phone.do("attachment.add", body["id"], account_id=account_id, body=body)


def test_visit_and_its_photos_arrive_in_one_batch_and_once(phone, account):
    visit = phone.visit(account)
    photos = [announced(phone, account, activity_id=visit["entity_id"]) for _ in range(2)]
    first = phone.push(visit, *photos)
    assert [result["status"] for result in first] == ["applied"] * 3
    assert [result["row"]["store"] for result in first] == ["activities", "attachments", "attachments"]
    again = phone.push(visit, *photos)
    assert [result["status"] for result in again] == ["duplicate"] * 3
    assert again[1]["row"] == first[1]["row"]
    listed = phone.client.get("/api/attachments", query_string={"account_id": account}).json["items"]
    assert {row["id"] for row in listed} == {photo["entity_id"] for photo in photos}


def test_photo_of_a_refused_visit_waits_for_it(phone, account):
    visit = phone.visit(account, body={"outcome": 99})
    photo = announced(phone, account, activity_id=visit["entity_id"])
    results = phone.push(visit, photo, announced(phone, account))
    assert [result["status"] for result in results] == ["refused", "blocked", "applied"]
    mended = {**visit, "op_id": str(new_id()), "body": {**visit["body"], "outcome": 1}}
    assert [result["status"] for result in phone.push(mended, photo)] == ["applied", "applied"]


def test_other_phones_hear_of_it_when_added_when_whole_and_when_gone(phone, account):
    content = samples.picture()
    cursor = phone.client.get("/api/sync/clock").json["clock"]

    def news():
        nonlocal cursor
        changes = phone.client.get("/api/sync/pull", query_string={"cursor": cursor}).json
        cursor = changes["cursor"]
        return changes

    photo = announced(phone, account, content)
    phone.push(photo)
    (added,) = news()["attachments"]
    assert (added["id"], added["stored_at"]) == (photo["entity_id"], None)
    send_all(phone.client, photo["entity_id"], content)
    (whole,) = news()["attachments"]
    assert whole["stored_at"]
    snapshot = phone.client.get("/api/sync/snapshot", query_string={"part": "details"}).json
    columns = snapshot["tables"]["attachments"]
    assert columns["data"][columns["columns"].index("id")] == [photo["entity_id"]]
    removed = phone.one(phone.do("attachment.delete", photo["entity_id"], account_id=account))
    assert (removed["status"], removed["row"]) == ("applied", None)
    changes = news()
    assert changes["attachments"] == []
    assert [(gone["type"], gone["id"]) for gone in changes["gone"]] == [("attachment", photo["entity_id"])]


def test_a_restored_account_brings_its_attachments_to_phones_again(phone, account):
    photo = announced(phone, account)
    phone.push(photo, phone.do("account.delete", account, account_id=account))
    cursor = phone.client.get("/api/sync/clock").json["clock"]
    phone.push(phone.do("account.restore", account, account_id=account))
    changes = phone.client.get("/api/sync/pull", query_string={"cursor": cursor}).json
    assert [row["id"] for row in changes["attachments"]] == [photo["entity_id"]]


def test_photo_of_an_account_merged_meanwhile_hangs_on_the_survivor(phone, account):
    survivor = phone.client.post("/api/accounts", json={"name": "残る会社"}).json["id"]
    content = samples.picture()
    early, late = announced(phone, account, content), announced(phone, account)
    phone.push(early)
    assert phone.client.post(f"/api/accounts/{account}/merge", json={"into_id": survivor}).status_code == 200
    result = phone.one(late)
    assert (result["status"], result["row"]["value"]["account_id"]) == ("merged", survivor)
    assert send_all(phone.client, early["entity_id"], content).json["stored_at"]
    listed = phone.client.get("/api/attachments", query_string={"account_id": survivor}).json["items"]
    assert {row["id"] for row in listed} == {early["entity_id"], late["entity_id"]}


def test_photo_taken_before_the_account_went_to_somebody_else_is_kept(phone_of, make_user):
    rep, heir = phone_of(make_user("rep")), make_user("rep")
    account_id = rep.client.post("/api/accounts", json={"name": "引き継ぎ先"}).json["id"]
    content = samples.picture()
    photo = announced(rep, account_id, content)
    admin = phone_of(make_user("administrator"))
    assert (
        admin.client.patch(f"/api/accounts/{account_id}", json={"owner_id": str(heir.id)}).status_code == 200
    )
    result = rep.one(photo)
    assert result["problem"] is None
    assert "no_longer_yours" in [each["code"] for each in result["notes"]]
    assert send_all(rep.client, photo["entity_id"], content).json["stored_at"]
    assert phone_of(heir).client.get(f"/api/attachments/{photo['entity_id']}/content").data == content


def test_too_large_a_photo_is_refused_alone_with_its_reason(phone, account):
    results = phone.push(announced(phone, account, size_bytes=50_000_000), phone.visit(account))
    assert [result["status"] for result in results] == ["refused", "applied"]
    assert (results[0]["problem"]["status"], results[0]["problem"]["code"]) == (413, "too_large")
