"""Appointments over the API: one's own, whole days, what cannot be."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from fieldcrm.accounts import merging
from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.service import busy
from fieldcrm.core.db import transaction
from fieldcrm.identity.signals import person_left

TIME = {"starts_at": "2026-12-01T01:00:00Z", "ends_at": "2026-12-01T02:00:00Z", "is_all_day": False}


@pytest.fixture
def rep(make_user):
    return make_user("rep")


@pytest.fixture
def client(client_for, rep):
    return client_for(rep)


@pytest.fixture
def account_id(rep) -> str:
    with transaction(rep.actor) as session:
        return str(accounts.create_account(session, rep.actor, AccountDraft(name="山田歯科")).id)


def make(client, **said):
    answer = client.post("/api/appointments", json={"title": "打ち合わせ", "time": TIME, **said})
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def test_what_is_made_is_what_is_read(client, account_id, rep):
    place = {"name": "駅前の喫茶店", "lon": 139.7, "lat": 35.6}
    made = make(client, account_id=account_id, place=place, invitees=["Ｋｅｎ@example.jp", "Ken@example.jp"])
    assert (made["owner_id"], made["account_id"]) == (str(rep.id), account_id)
    assert (made["time"], made["place"], made["invitees"]) == (TIME, place, ["Ken@example.jp"])
    assert client.get(f"/api/appointments/{made['id']}").json == made
    assert client.get("/api/appointments").json["items"] == [made]


def test_the_same_made_twice_is_made_once(client):
    said = {"id": str(uuid.uuid4()), "title": "一度だけ"}
    first, again = make(client, **said), make(client, **said)
    assert first == again
    other = client.post("/api/appointments", json={**said, "time": TIME, "title": "別のもの"})
    assert (other.status_code, other.json["code"]) == (409, "id_taken")


def test_a_whole_day_is_the_organisations_day(client):
    noon_to_next_morning = {
        "starts_at": "2026-12-01T03:00:00Z",
        "ends_at": "2026-12-02T00:00:00Z",
        "is_all_day": True,
    }
    made = make(client, time=noon_to_next_morning)
    assert made["time"] == {
        "starts_at": "2026-11-30T15:00:00Z",
        "ends_at": "2026-12-02T15:00:00Z",
        "is_all_day": True,
    }
    assert make(client, time=made["time"])["time"] == made["time"]


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"time": {**TIME, "ends_at": "2026-12-01T00:59:59Z"}}, "time", "ends_before_it_starts"),
        ({"time": {**TIME, "ends_at": "2027-01-02T00:59:59Z"}}, "time", "appointment_too_long"),
        ({"time": {**TIME, "starts_at": "1999-12-31T00:00:00Z"}}, "time", "bad_date"),
        ({"place": {"lon": 139.7}}, "place", "bad_position"),
        ({"invitees": ["ken@example.jp", "ken"]}, "invitees.1", "bad_email"),
        ({"title": " "}, "title", "required"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(client, said, field, code):
    answer = client.post("/api/appointments", json={"title": "予定", "time": TIME, **said})
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]


def test_a_change_of_an_older_version_is_refused_where_it_meets(client):
    made = make(client)
    path = f"/api/appointments/{made['id']}"
    later = {**TIME, "ends_at": "2026-12-01T03:00:00Z"}
    assert client.patch(path, json={"time": later, "base_version": 1}).json["time"] == later
    met = client.patch(path, json={"time": TIME, "base_version": 1})
    assert (met.status_code, met.json["fields"]) == (412, ["ends_at"])
    assert met.json["current"]["time"] == later
    assert client.patch(path, json={"title": "改題", "base_version": 1}).json["title"] == "改題"
    assert client.patch(path, json={"place": None, "title": "三度目"}).status_code == 200


def test_a_cancelled_appointment_is_not_there(client, rep):
    made = make(client)
    assert client.delete(f"/api/appointments/{made['id']}").status_code == 204
    assert client.get(f"/api/appointments/{made['id']}").status_code == 404
    assert client.get("/api/appointments").json["items"] == []
    with transaction(rep.actor) as session:
        day = date(2026, 12, 1)
        assert busy(session, rep.actor, user_id=rep.id, day_from=day, day_to=day) == []


def test_nobody_else_sees_it_not_even_who_sees_the_account(client, account_id, make_user, client_for):
    made = make(client, account_id=account_id)
    administrator = client_for(make_user("administrator"))
    assert administrator.get(f"/api/accounts/{account_id}").status_code == 200
    assert administrator.get(f"/api/appointments/{made['id']}").status_code == 404
    assert administrator.patch(f"/api/appointments/{made['id']}", json={"title": "x"}).status_code == 404
    assert administrator.delete(f"/api/appointments/{made['id']}").status_code == 404
    assert administrator.get("/api/appointments").json["items"] == []


def test_days_are_counted_where_the_organisation_lives(client):
    early = {**TIME, "starts_at": "2026-11-30T15:00:00Z", "ends_at": "2026-11-30T16:00:00Z"}
    make(client, title="1日の0時", time=early)
    make(client, title="1日の10時")

    def titles(**query):
        return [each["title"] for each in client.get("/api/appointments", query_string=query).json["items"]]

    assert titles(since="2026-12-01", until="2026-12-01") == ["1日の0時", "1日の10時"]
    assert titles(since="2026-12-02") == titles(until="2026-11-30") == []


def test_appointments_move_with_their_account_to_the_one_that_stays(client, account_id, organisation):
    made = make(client, account_id=account_id)
    with transaction(organisation.actor) as session:
        stays = accounts.create_account(session, organisation.actor, AccountDraft(name="山田歯科医院")).id
        merging.merge_accounts(session, organisation.actor, uuid.UUID(account_id), into_id=stays)
    assert client.get(f"/api/appointments/{made['id']}").json["account_id"] == str(stays)


def test_an_heir_gets_the_coming_ones_with_accounts_and_no_private_ones(
    client, client_for, account_id, rep, make_user, organisation
):
    heir = make_user("rep")
    kept = make(client, account_id=account_id, title="商談")
    make(client, title="歯医者")
    past = {**TIME, "starts_at": "2025-12-01T01:00:00Z", "ends_at": "2025-12-01T02:00:00Z"}
    make(client, account_id=account_id, title="済んだ商談", time=past)
    with transaction(organisation.actor) as session:
        person_left.send(session, actor=organisation.actor, user_id=rep.id, heir_id=heir.id)
    assert [each["id"] for each in client_for(heir).get("/api/appointments").json["items"]] == [kept["id"]]
    with transaction(organisation.actor) as session:
        left = session.query(Appointment).filter_by(owner_id=rep.id).order_by(Appointment.starts_at).all()
        assert [each.title for each in left] == ["済んだ商談", "歯医者"]
