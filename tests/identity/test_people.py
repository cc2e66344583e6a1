"""Administrators look after people and teams; one of them always remains."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from fieldcrm.core.db import forget_tenant, set_tenant, transaction
from fieldcrm.core.errors import Conflict
from fieldcrm.identity import people
from tests.fixtures.people import FieldClient, MakeUser, Org, Person, Team, create_person
from tests.identity.forms import PASSWORD, sign_in

ClientFor = Callable[[Person], FieldClient]


@pytest.fixture
def boss(make_user: MakeUser) -> Person:
    return make_user("administrator", password=PASSWORD)


@pytest.fixture
def admin(boss: Person, client_for: ClientFor) -> FieldClient:
    return client_for(boss)


def _actions(person: Person, entity: str) -> list[str]:
    session = set_tenant(person.org.actor)
    try:
        return list(
            session.scalars(
                text("select action from audit_log where entity = :entity order by id"), {"entity": entity}
            )
        )
    finally:
        forget_tenant()


def test_role_name_and_teams_are_changed_and_seen_at_once(
    admin: FieldClient, make_user: MakeUser, make_team: Callable[..., Team], client_for: ClientFor
) -> None:
    north, south = make_team("北"), make_team("南")
    rep = make_user("rep", name="伊藤", teams=[north])
    client = client_for(rep)
    before = client.get("/api/sync/clock").headers["ETag"]
    change = {"name": "伊藤  博", "role": "manager", "team_ids": [str(south.id)]}
    answer = admin.patch(f"/api/users/{rep.id}", json=change)
    assert answer.status_code == 200, answer.text
    assert (answer.json["name"], answer.json["role"]) == ("伊藤 博", "manager")
    me = client.get("/api/session").json["user"]
    assert (me["role"], me["team_ids"]) == ("manager", [str(south.id)])
    # What the person may see is another now: their phone learns of it.
    assert client.get("/api/sync/clock").headers["ETag"] != before
    assert "erase" in _actions(rep, "team_members")
    listed = {each["id"]: each for each in admin.get("/api/users").json["items"]}
    assert listed[str(rep.id)]["last_seen_at"] is not None


def test_who_is_deactivated_is_out_and_their_accounts_and_tasks_go_to_the_successor(
    admin: FieldClient, make_user: MakeUser, make_team: Callable[..., Team], client_for: ClientFor
) -> None:
    team = make_team("第一")
    rep = make_user("rep", teams=[team], email="leaver@example.jp", password=PASSWORD)
    heir = make_user("rep", teams=[team])
    client = client_for(rep)
    made = client.post("/api/accounts", json={"name": "引き継ぐ客"}).json
    plan = {"next_action": "見積", "next_action_on": "2026-12-01"}
    visit = {"account_id": made["id"], "occurred_at": "2026-11-18T01:00:00Z", **plan}
    assert client.post("/api/activities", json=visit).status_code == 201
    answer = admin.post(f"/api/users/{rep.id}/deactivate", json={"owner_id": str(heir.id)})
    assert answer.status_code == 200, answer.text
    assert answer.json == {"accounts": 1, "tasks": 1}
    assert client.get("/api/session").status_code == 401
    assert sign_in(FieldClient(admin.application), email=rep.email, password=PASSWORD).status_code == 401
    found = client_for(heir).get(f"/api/accounts/{made['id']}").json
    assert (found["owner_id"], found["team_id"]) == (str(heir.id), made["team_id"])
    again = admin.post(f"/api/users/{rep.id}/reactivate")
    assert again.json["is_active"] is True
    assert admin.post(f"/api/users/{rep.id}/reactivate").status_code == 409
    assert sign_in(FieldClient(admin.application), email=rep.email, password=PASSWORD).status_code == 303


def test_without_successor_accounts_stay_with_the_team(
    admin: FieldClient, make_user: MakeUser, make_team: Callable[..., Team], client_for: ClientFor
) -> None:
    team = make_team("第一")
    rep, mate = make_user("rep", teams=[team]), make_user("rep", teams=[team])
    made = client_for(rep).post("/api/accounts", json={"name": "残る客"}).json
    assert admin.post(f"/api/users/{rep.id}/deactivate", json={}).json["accounts"] == 1
    found = client_for(mate).get(f"/api/accounts/{made['id']}").json
    assert (found["owner_id"], found["team_id"]) == (None, str(team.id))


def test_successor_must_be_somebody_active_here(admin: FieldClient, make_user: MakeUser) -> None:
    rep, gone = make_user("rep"), make_user("rep")
    assert admin.post(f"/api/users/{gone.id}/deactivate", json={}).status_code == 200
    for heir in (gone.id, "01890000-0000-7000-8000-000000000000"):
        refused = admin.post(f"/api/users/{rep.id}/deactivate", json={"owner_id": str(heir)})
        assert refused.json["errors"][0]["code"] == "unknown_reference"


def test_the_last_administrator_stays(
    admin: FieldClient, boss: Person, make_user: MakeUser, client_for: ClientFor
) -> None:
    refused = admin.patch(f"/api/users/{boss.id}", json={"role": "rep"})
    assert (refused.status_code, refused.json["code"]) == (409, "last_administrator")
    assert admin.post(f"/api/users/{boss.id}/deactivate", json={}).json["code"] == "not_oneself"
    make_user("administrator")  # without a password nobody can sign in: that one does not count
    assert admin.patch(f"/api/users/{boss.id}", json={"role": "rep"}).status_code == 409
    other = make_user("administrator", password=PASSWORD)
    assert admin.patch(f"/api/users/{boss.id}", json={"role": "rep"}).status_code == 200
    assert admin.get("/api/users").status_code == 403
    assert client_for(other).get("/api/users").status_code == 200


def test_of_two_administrators_who_demote_each_other_at_once_one_remains(
    app: Flask, make_committed_organisation: Callable[..., Org]
) -> None:
    org = make_committed_organisation()
    with app.app_context():
        pair = [create_person(org, "administrator", password=PASSWORD) for _ in range(2)]
    refused: list[Conflict] = []
    start = threading.Barrier(2)

    def demote(actor: Person, other: Person) -> None:
        with app.app_context():
            try:
                with transaction(actor.actor) as session:
                    people.get_person(session, actor.actor, other.id)
                    start.wait(10)
                    people.update_person(session, actor.actor, other.id, role=people.Role.REP)
            except Conflict as error:
                refused.append(error)

    threads = [threading.Thread(target=demote, args=each) for each in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [error.code for error in refused] == ["last_administrator"]


def test_teams_are_made_renamed_and_filled(
    admin: FieldClient, make_user: MakeUser, client_for: ClientFor
) -> None:
    lead, rep = make_user("manager"), make_user("rep")
    body = {"name": " 大阪  第二 ", "user_ids": [str(lead.id), str(rep.id)]}
    team = admin.post("/api/teams", json=body).json
    assert team["name"] == "大阪 第二"
    assert set(team["user_ids"]) == set(body["user_ids"])
    assert client_for(rep).get("/api/session").json["user"]["team_ids"] == [team["id"]]
    assert admin.post("/api/teams", json={"name": "大阪 第二"}).json["errors"][0]["code"] == "already_taken"
    change = {"name": "大阪第二課", "user_ids": [str(rep.id)]}
    assert admin.patch(f"/api/teams/{team['id']}", json=change).json["user_ids"] == [str(rep.id)]
    (listed,) = admin.get("/api/teams").json["items"]
    assert listed == {"id": team["id"], "name": "大阪第二課", "user_ids": [str(rep.id)]}
    wrong = {"user_ids": ["01890000-0000-7000-8000-000000000000"]}
    assert admin.patch(f"/api/teams/{team['id']}", json=wrong).json["errors"][0]["field"] == "user_ids"
    assert _actions(rep, "teams") == ["create", "update"]
    assert sorted(_actions(rep, "team_members")) == ["create", "create", "erase"]
