"""Devices: registered, seen, wiped; nobody learns more of them than they may, and nobody where they are."""

from __future__ import annotations

import base64
import json

import pytest
from sqlalchemy import select

from fieldcrm.core import clock
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import transaction
from fieldcrm.core.ids import new_id
from fieldcrm.sync.models import Device


@pytest.fixture
def team(make_team):
    return make_team("第一")


@pytest.fixture
def rep(make_user, team):
    return make_user(teams=[team])


@pytest.fixture
def client(client_for, rep):
    return client_for(rep)


@pytest.fixture
def read(organisation):
    """Return one device row as it is stored."""

    def of(device_id):
        with transaction(organisation.actor) as session:
            row = session.scalars(select(Device).where(Device.id == device_id)).one()
            session.expunge(row)
            return row

    return of


def register(client, device_id=None, **told):
    body = {"id": str(device_id or new_id()), "label": "iPhone 15", "app_version": "0.3.0", **told}
    answer = client.post("/api/sync/devices", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


def ask(client, device_id, path="clock", **headers):
    return client.get(f"/api/sync/{path}", headers={"X-Device": device_id, **headers})


def audited(organisation, device_id):
    with transaction(organisation.actor) as session:
        found = (
            select(AuditEntry).where(AuditEntry.entity_id == device_id).order_by(AuditEntry.at, AuditEntry.id)
        )
        return [(entry.action, entry.changes) for entry in session.scalars(found)]


def test_a_device_gets_one_key_for_good(client, organisation):
    first = register(client)
    assert len(base64.b64decode(first["seal_key"])) == 32
    assert register(client, first["id"], label="仕事用", app_version="0.4.0") == first
    assert register(client)["seal_key"] != first["seal_key"]
    (shown,) = [item for item in client.get("/api/devices").json["items"] if item["id"] == first["id"]]
    assert (shown["label"], shown["app_version"]) == ("仕事用", "0.4.0")
    entries = audited(organisation, first["id"])
    assert [action for action, _ in entries] == ["create"]
    assert first["seal_key"] not in json.dumps(entries)
    assert "seal_key" not in json.dumps(client.get("/api/devices").json)


def test_another_persons_device_cannot_be_registered_over(client, client_for, make_user):
    device_id = register(client)["id"]
    other = client_for(make_user("administrator"))
    answer = other.post("/api/sync/devices", json={"id": device_id, "label": "x", "app_version": "1"})
    assert (answer.status_code, answer.json["code"]) == (409, "id_taken")


@pytest.mark.parametrize("path", ["clock", "pull", "snapshot"])
def test_last_contact_is_noted_once_a_minute_and_moves_nothing_else(
    frozen_clock, client, organisation, read, path, count_queries
):
    device_id = register(client)["id"]
    before, audit_before = client.get("/api/sync/clock").json, audited(organisation, device_id)
    frozen_clock.move(minutes=1)
    ask(client, device_id, path)
    assert read(device_id).last_seen_at == clock.now()
    noted = clock.now()
    frozen_clock.move(seconds=59)
    with count_queries() as asked:
        ask(client, device_id, path)
    assert read(device_id).last_seen_at == noted
    assert not [query for query in asked if query.lower().startswith("update devices")]
    assert client.get("/api/sync/clock").json == before
    assert audited(organisation, device_id) == audit_before


def test_unknown_and_foreign_devices_are_met_without_a_note(
    frozen_clock, client, client_for, make_user, read
):
    other = register(client_for(make_user()))["id"]
    seen = read(other).last_seen_at
    frozen_clock.move(minutes=5)
    for header in (other, str(new_id()), "nonsense", ""):
        assert ask(client, header).status_code == 200
    assert read(other).last_seen_at == seen


def test_who_sees_which_devices(client, rep, team, client_for, make_user, make_team):
    mine = register(client)["id"]
    boss, stranger = (
        make_user("manager", teams=[team]),
        make_user("manager", teams=[make_team("第二")]),
    )
    mate, admin = make_user(teams=[team]), make_user("administrator")
    office = make_user("back_office")
    seen = {}
    for person in (rep, boss, stranger, mate, office, admin):
        items = client_for(person).get("/api/devices").json["items"]
        seen[person.id] = [item["id"] for item in items]
        assert all(not {"lon", "lat", "position"} & item.keys() for item in items)
    assert seen == {
        rep.id: [mine],
        boss.id: [mine],
        stranger.id: [],
        mate.id: [],
        office.id: [],
        admin.id: [mine],
    }


def test_a_lost_device_gets_nothing_more_sends_what_it_holds_and_is_signed_out(
    frozen_clock, client, client_for, make_user, organisation, read
):
    admin = client_for(make_user("administrator"))
    device_id = register(client)["id"]
    etag = ask(client, device_id).headers["ETag"]
    assert admin.post(f"/api/devices/{device_id}/wipe").status_code == 204
    for path in ("clock", "pull", "snapshot", "snapshot?part=details"):
        answer = ask(client, device_id, path, **{"If-None-Match": etag})
        assert (answer.status_code, answer.json["code"]) == (410, "device_wiped"), path
    assert read(device_id).wipe_told_at == clock.now()
    pushed = client.post(
        "/api/sync/push",
        json={"device_id": device_id, "sent_at": clock.iso(clock.now()), "operations": []},
        headers={"X-Device": device_id},
    )
    assert pushed.status_code == 200
    # Also after a new sign-in: its key opens what it sealed.
    assert register(client, device_id)["seal_key"]
    assert client.post(f"/api/sync/devices/{device_id}/wiped", json={"unsent": 2}).status_code == 204
    assert client.get("/api/sync/clock").status_code == 401
    assert read(device_id).seal_key is None
    (shown,) = admin.get("/api/devices").json["items"]
    assert shown["wiped_at"] == clock.iso(clock.now())
    asked, wiped = audited(organisation, device_id)[1:]
    assert (asked[0], wiped) == (
        "ask_wipe",
        ("wiped", {"wiped_at": [None, clock.iso(clock.now())], "unsent": [None, 2]}),
    )


def test_a_wiped_device_is_over(client, client_for, rep, make_user):
    admin = client_for(make_user("administrator"))
    device_id = register(client)["id"]
    early = client.post(f"/api/sync/devices/{device_id}/wiped", json={"unsent": 0})
    assert (early.status_code, early.json["code"]) == (409, "wipe_not_asked")
    admin.post(f"/api/devices/{device_id}/wipe")
    client.post(f"/api/sync/devices/{device_id}/wiped", json={"unsent": 0})
    again = client_for(rep)
    assert ask(again, device_id).status_code == 410
    answer = again.post("/api/sync/devices", json={"id": device_id, "label": "x", "app_version": "1"})
    assert (answer.status_code, answer.json["code"]) == (410, "device_wiped")
    for method in (admin.post, admin.delete):
        assert method(f"/api/devices/{device_id}/wipe").json["code"] == "already_wiped"


def test_a_device_that_never_says_it_is_empty_is_signed_out_all_the_same(
    frozen_clock, client, client_for, rep, make_user
):
    device_id = register(client)["id"]
    elsewhere = client_for(rep)
    client_for(make_user("administrator")).post(f"/api/devices/{device_id}/wipe")
    assert ask(client, device_id).status_code == 410
    frozen_clock.move(minutes=10)
    assert ask(client, device_id).status_code == 410
    assert client.get("/api/session").status_code == 200
    frozen_clock.move(seconds=1)
    assert ask(client, device_id).status_code == 410
    assert client.get("/api/session").status_code == 401
    assert elsewhere.get("/api/session").status_code == 200


@pytest.mark.parametrize("is_registering", [True, False])
def test_an_emptied_device_whose_report_got_lost_cannot_begin_anew_under_another_name(
    client, client_for, rep, make_user, is_registering
):
    device_id = register(client)["id"]
    elsewhere = client_for(rep)
    client_for(make_user("administrator")).post(f"/api/devices/{device_id}/wipe")
    assert ask(client, device_id).status_code == 410
    if is_registering:
        body = {"id": str(new_id()), "label": "iPhone 15", "app_version": "0.3.0"}
        answer = client.post("/api/sync/devices", json=body)
    else:
        answer = client.get("/api/sync/snapshot")
    assert (answer.status_code, answer.json["code"]) == (410, "device_wiped")
    assert client.get("/api/session").status_code == 401
    assert elsewhere.get("/api/session").status_code == 200
    assert register(elsewhere)["seal_key"]


def test_a_late_request_of_an_emptied_device_leaves_a_later_sign_in_alone(
    frozen_clock, client, client_for, rep, make_user
):
    device_id = register(client)["id"]
    client_for(make_user("administrator")).post(f"/api/devices/{device_id}/wipe")
    assert ask(client, device_id).status_code == 410
    frozen_clock.move(seconds=1)
    later = client_for(rep)
    assert ask(later, device_id).status_code == 410
    assert register(later)["id"] != device_id
    assert later.get("/api/sync/snapshot").status_code == 200


def test_a_device_that_was_found_may_be_registered_anew_in_its_session(client, client_for, make_user):
    admin = client_for(make_user("administrator"))
    device_id = register(client)["id"]
    admin.post(f"/api/devices/{device_id}/wipe")
    assert ask(client, device_id).status_code == 410
    admin.delete(f"/api/devices/{device_id}/wipe")
    assert register(client)["id"] != device_id


def test_a_device_that_was_found_goes_on(client, client_for, make_user, organisation):
    admin = client_for(make_user("administrator"))
    device_id = register(client)["id"]
    for _ in range(2):
        assert admin.post(f"/api/devices/{device_id}/wipe").status_code == 204
    assert ask(client, device_id).status_code == 410
    assert admin.delete(f"/api/devices/{device_id}/wipe").status_code == 204
    assert ask(client, device_id).status_code == 200
    assert [action for action, _ in audited(organisation, device_id)] == ["create", "ask_wipe", "cancel_wipe"]


def test_people_wipe_their_own_device_and_no_other(client, client_for, team, make_user):
    device_id = register(client)["id"]
    manager = client_for(make_user("manager", teams=[team]))
    assert manager.post(f"/api/devices/{device_id}/wipe").status_code == 404
    assert client_for(make_user()).post(f"/api/devices/{device_id}/wipe").status_code == 404
    assert client.post(f"/api/devices/{device_id}/wipe").status_code == 204
    assert manager.post(f"/api/sync/devices/{device_id}/wiped", json={"unsent": 0}).status_code == 404


def test_steady_contact_asks_two_questions(client, count_queries):
    device_id = register(client)["id"]
    etag = ask(client, device_id).headers["ETag"]
    with count_queries() as asked:
        assert ask(client, device_id, **{"If-None-Match": etag}).status_code == 304
    assert len(asked) == 2, asked
