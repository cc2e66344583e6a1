"""Attachments: announced, sent in parts that may break off anywhere, refused when not what they say."""

from __future__ import annotations

import hashlib
import io
import os

import pytest
from PIL import Image
from sqlalchemy import text

from fieldcrm.core.db import transaction
from fieldcrm.core.ids import new_id
from fieldcrm.files.rules import part_prefix
from fieldcrm.files.storage import storage
from tests.files import samples
from tests.visits.attaching import PART, attach, draft, send_all, send_part


@pytest.fixture
def rep(make_user):
    return make_user("rep", name="山田太郎")


@pytest.fixture
def client(client_for, rep):
    return client_for(rep)


@pytest.fixture
def account(client):
    return client.post("/api/accounts", json={"name": "聖ルカ病院"}).json


@pytest.fixture(scope="module")
def large():
    """A picture of several parts that does not compress."""
    kept = io.BytesIO()
    Image.frombytes("RGB", (900, 700), os.urandom(900 * 700 * 3)).save(kept, "PNG")
    assert len(kept.getvalue()) > 3 * PART
    return kept.getvalue()


def test_photo_is_announced_sent_and_read_again(client, account, rep):
    content = samples.picture(width=1200, height=900)
    visit = client.post(
        "/api/activities", json={"account_id": account["id"], "occurred_at": "2026-11-01T01:00:00Z"}
    )
    made = client.post("/api/attachments", json=draft(account, content, activity_id=visit.json["id"]))
    assert made.status_code == 201
    assert (made.json["received_bytes"], made.json["stored_at"]) == (0, None)
    sent = send_all(client, made.json["id"], content).json
    assert sent["received_bytes"] == len(content)
    assert sent["stored_at"]
    url = f"/api/attachments/{made.json['id']}"
    shown = client.get(url).json
    assert (shown["width"], shown["height"], shown["created_by"]) == (1200, 900, str(rep.id))
    assert shown["version"] == 2
    assert client.get(f"{url}/content").data == content
    small = Image.open(io.BytesIO(client.get(f"{url}/thumbnail").data))
    assert small.size == (320, 240)
    assert client.get("/api/attachments", query_string={"account_id": account["id"]}).json["items"] == [shown]


def test_announcing_twice_makes_one(client, account):
    body = draft(account, samples.picture())
    first, again = (client.post("/api/attachments", json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    other = client.post("/api/attachments", json={**body, "size_bytes": 5})
    assert (other.status_code, other.json["code"]) == (409, "id_taken")


def test_upload_goes_on_where_it_broke_off(client, account, large):
    file_id = client.post("/api/attachments", json=draft(account, large, media_type="image/png")).json["id"]
    assert send_part(client, file_id, large[:PART]).json == {"received_bytes": PART, "stored_at": None}
    # The answer to this one was lost: the phone sends it again, and is told where to go on.
    send_part(client, file_id, large[PART : 2 * PART], offset=PART)
    again = send_part(client, file_id, large[PART : 2 * PART], offset=PART)
    assert (again.status_code, again.json["code"]) == (409, "wrong_offset")
    progress = client.get(f"/api/attachments/{file_id}/progress").json
    assert progress["received_bytes"] == again.json["received_bytes"] == 2 * PART
    assert client.get(f"/api/attachments/{file_id}/content").json["code"] == "not_stored_yet"
    done = send_all(client, file_id, large, start=2 * PART).json
    assert done["stored_at"]
    assert client.get(f"/api/attachments/{file_id}/content").data == large
    late = send_part(client, file_id, large[:PART])
    assert (late.status_code, late.json) == (200, done)


def test_damaged_part_is_refused_and_changes_nothing(client, account, large):
    file_id = client.post("/api/attachments", json=draft(account, large, media_type="image/png")).json["id"]
    damaged = send_part(client, file_id, large[:PART], sha256=hashlib.sha256(b"else").hexdigest())
    assert (damaged.status_code, damaged.json["code"]) == (422, "part_damaged")
    assert client.get(f"/api/attachments/{file_id}/progress").json["received_bytes"] == 0
    assert send_all(client, file_id, large).json["stored_at"]


def test_parts_that_the_storage_lost_are_asked_for_again(client, account, large, app, rep):
    file_id = client.post("/api/attachments", json=draft(account, large, media_type="image/png")).json["id"]
    send_all(client, file_id, large[: 2 * PART])
    with app.app_context():
        kept = storage()
        kept.delete(kept.keys(part_prefix(rep.org_id, file_id))[:1])
    answer = send_all(client, file_id, large, start=2 * PART)
    assert (answer.status_code, answer.json["code"], answer.json["received_bytes"]) == (
        409,
        "wrong_offset",
        0,
    )
    assert send_all(client, file_id, large).json["stored_at"]
    assert client.get(f"/api/attachments/{file_id}/content").data == large


def test_parts_move_no_clock_that_phones_follow(client, account, large):
    file_id = client.post("/api/attachments", json=draft(account, large, media_type="image/png")).json["id"]
    before = client.get("/api/sync/clock").json
    send_all(client, file_id, large[: 3 * PART])
    assert client.get("/api/sync/clock").json == before
    send_all(client, file_id, large, start=3 * PART)
    assert client.get("/api/sync/clock").json != before


@pytest.mark.parametrize(
    ("content", "fields", "code"),
    [
        (samples.PROGRAM, {"name": "看板.jpg"}, "unknown_type"),
        (samples.SVG, {}, "unknown_type"),
        (samples.picture("PNG")[:300], {}, "not_a_picture"),
        (samples.PDF, {}, "unknown_type"),
        (samples.picture(), {"kind": "voice", "media_type": "audio/webm"}, "unknown_type"),
        (samples.picture(), {"sha256": "0" * 64}, "content_differs"),
    ],
    ids=["program", "svg", "half a picture", "document as photo", "photo as voice", "other hash"],
)
def test_what_is_not_what_it_says_is_never_kept(client, account, content, fields, code):
    file_id = client.post("/api/attachments", json=draft(account, content, **fields)).json["id"]
    answer = send_all(client, file_id, content)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["title"]
    assert client.get(f"/api/attachments/{file_id}/content").status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "said", "found"),
    [
        (samples.recording(), "voice", "audio/wav", "audio/wav"),
        (samples.webm(), "voice", "audio/webm;codecs=opus", "audio/webm"),
        (samples.mp4(), "voice", "audio/mp4", "audio/mp4"),
        (samples.PDF, "file", "application/pdf", "application/pdf"),
        (samples.picture("WEBP"), "photo", "image/jpeg", "image/webp"),
        (samples.picture("PNG"), "sketch", "image/png", "image/png"),
    ],
)
def test_each_kind_is_kept_under_the_type_it_really_has(client, account, content, kind, said, found):
    kept = attach(client, account, content, kind=kind, media_type=said, name="名前")
    assert kept["media_type"] == found
    assert client.get(f"/api/attachments/{kept['id']}/content").content_type.startswith(found)


def test_too_large_a_photo_is_refused_before_its_first_byte(client, account):
    answer = client.post("/api/attachments", json=draft(account, b"x", size_bytes=50_000_000))
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert "20 MB" in answer.json["title"]


def test_too_large_a_part_is_refused(client, account):
    file_id = client.post("/api/attachments", json=draft(account, b"x", size_bytes=2 * PART)).json["id"]
    answer = send_part(client, file_id, b"x" * (PART + 1))
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert "512 KB" in answer.json["title"]


def test_part_beyond_the_announced_size_is_refused(client, account):
    file_id = client.post("/api/attachments", json=draft(account, b"x" * 10)).json["id"]
    assert send_part(client, file_id, b"x" * 11).json["code"] == "content_differs"
    assert send_part(client, file_id, b"").status_code == 422


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"kind": "film"}, "kind", "not_a_choice"),
        ({"media_type": "image/svg+xml"}, "media_type", "attachment_kind"),
        ({"media_type": "text/html", "kind": "file"}, "media_type", "attachment_kind"),
        ({"name": "a\x00.jpg"}, "name", "bad_characters"),
        ({"sha256": "xyz"}, "sha256", "bad_value"),
        ({"size_bytes": 0}, "size_bytes", "below_minimum"),
        ({"activity_id": str(new_id())}, "activity_id", "unknown_reference"),
    ],
)
def test_bad_announcement_is_refused_at_its_field(client, account, fields, field, code):
    answer = client.post("/api/attachments", json=draft(account, b"x", **fields))
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]


def test_a_visit_of_another_account_cannot_carry_it(client, account):
    other = client.post("/api/accounts", json={"name": "別の会社"}).json
    visit = client.post(
        "/api/activities", json={"account_id": other["id"], "occurred_at": "2026-11-01T01:00:00Z"}
    )
    answer = client.post("/api/attachments", json=draft(account, b"x", activity_id=visit.json["id"]))
    assert answer.json["errors"][0]["code"] == "unknown_reference"


def test_quota_of_the_organisation(client, account, app, monkeypatch):
    small = app.extensions["settings"].model_copy(update={"attachments_quota_mb": 1})
    monkeypatch.setitem(app.extensions, "settings", small)
    assert client.post("/api/attachments", json=draft(account, b"x", size_bytes=900_000)).status_code == 201
    refused = client.post("/api/attachments", json=draft(account, b"x", size_bytes=200_000))
    assert (refused.status_code, refused.json["code"]) == (413, "quota_reached")


def test_history_tells_who_added_and_deleted(client, account, rep):
    kept = attach(client, account, samples.picture())
    assert client.delete(f"/api/attachments/{kept['id']}").status_code == 204
    assert client.get(f"/api/attachments/{kept['id']}").status_code == 404
    with transaction(rep.actor) as session:
        query = text(
            "select action, actor_id from audit_log where org_id = :org and entity_id = :id order by at, id"
        )
        rows = session.execute(query, {"org": rep.org_id, "id": kept["id"]}).all()
    assert [row.action for row in rows] == ["create", "update", "delete"]
    assert {row.actor_id for row in rows} == {rep.id}


def test_only_its_author_or_a_manager_deletes(client, client_for, make_user, account):
    shared = client_for(make_user("administrator")).post("/api/accounts", json={"name": "みんなの会社"}).json
    kept = attach(client, shared, samples.picture())
    url = f"/api/attachments/{kept['id']}"
    refused = client_for(make_user("rep")).delete(url)
    assert (refused.status_code, refused.json["code"]) == (403, "not_the_author")
    assert client_for(make_user("manager")).delete(url).status_code == 204


def test_only_who_announced_it_sends_its_bytes(client, client_for, make_user, account):
    content = samples.picture()
    file_id = client.post("/api/attachments", json=draft(account, content)).json["id"]
    assert send_all(client_for(make_user("administrator")), file_id, content).status_code == 403


def test_what_was_begun_arrives_though_the_account_went_to_somebody_else(
    client, client_for, make_user, account
):
    content = samples.picture()
    file_id = client.post("/api/attachments", json=draft(account, content)).json["id"]
    admin, heir = client_for(make_user("administrator")), make_user("rep")
    moved = admin.patch(f"/api/accounts/{account['id']}", json={"owner_id": str(heir.id)})
    assert moved.status_code == 200
    assert client.get(f"/api/attachments/{file_id}/progress").status_code == 200
    assert send_all(client, file_id, content).json["stored_at"]
    assert client.get(f"/api/attachments/{file_id}/content").status_code == 404
    assert client_for(heir).get(f"/api/attachments/{file_id}/content").data == content


def test_another_organisations_attachment_is_not_there(
    client, account, make_organisation, make_user, client_for
):
    kept = attach(client, account, samples.picture())
    stranger = client_for(make_user("administrator", org=make_organisation()))
    for path in ("", "/content", "/thumbnail", "/progress"):
        assert stranger.get(f"/api/attachments/{kept['id']}{path}").status_code == 404
    assert send_part(stranger, kept["id"], b"x").status_code == 404
    assert stranger.delete(f"/api/attachments/{kept['id']}").status_code == 404
