"""A team ends: its people and accounts go over to another, or stay with whose they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from fieldcrm.core.db import forget_tenant, set_tenant
from tests.fixtures.people import FieldClient, MakeUser, Person, Team

ClientFor = Callable[[Person], FieldClient]


@pytest.fixture
def admin(make_user: MakeUser, client_for: ClientFor) -> FieldClient:
    return client_for(make_user("administrator"))


@pytest.fixture
def north(make_team: Callable[..., Team]) -> Team:
    return make_team("北")


@pytest.fixture
def south(make_team: Callable[..., Team]) -> Team:
    return make_team("南")


def _account(admin: FieldClient, team: Team, owner: Person | None = None, name: str = "客") -> str:
    whose = {"team_id": str(team.id), "owner_id": None if owner is None else str(owner.id)}
    answer = admin.post("/api/accounts", json={"name": name, **whose})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def _held(admin: FieldClient, account_id: str) -> tuple[Any, Any]:
    found = admin.get(f"/api/accounts/{account_id}").json
    return found["owner_id"], found["team_id"]


def _sees(client: FieldClient, account_id: str) -> bool:
    return client.get(f"/api/accounts/{account_id}").status_code == 200


def test_people_and_accounts_go_over_to_another_team(
    admin: FieldClient, north: Team, south: Team, make_user: MakeUser, client_for: ClientFor
) -> None:
    lead, rep = make_user("manager", teams=[north]), make_user("rep", teams=[north, south])
    southerner = client_for(make_user("rep", teams=[south]))
    owned, shared = _account(admin, north, rep), _account(admin, north)
    assert not _sees(southerner, shared)
    answer = admin.post(f"/api/teams/{north.id}/dissolve", json={"team_id": str(south.id)})
    assert (answer.status_code, answer.json) == (200, {"people": 2, "accounts": 2})
    assert _held(admin, owned) == (str(rep.id), str(south.id))
    assert _held(admin, shared) == (None, str(south.id))
    assert _sees(southerner, shared)
    (left,) = admin.get("/api/teams").json["items"]
    assert set(left["user_ids"]) >= {str(lead.id), str(rep.id)}
    assert client_for(lead).get("/api/session").json["user"]["team_ids"] == [str(south.id)]


def test_without_another_team_people_keep_their_own_and_the_rest_is_everybodys(
    admin: FieldClient, north: Team, south: Team, make_user: MakeUser, client_for: ClientFor
) -> None:
    rep, both = make_user("rep", teams=[north]), make_user("rep", teams=[north, south])
    stranger = client_for(make_user("rep", teams=[south]))
    owned, of_both, shared = _account(admin, north, rep), _account(admin, north, both), _account(admin, north)
    answer = admin.post(f"/api/teams/{north.id}/dissolve", json={})
    assert answer.json == {"people": 2, "accounts": 3}
    assert _held(admin, owned) == (str(rep.id), None)
    assert _held(admin, of_both) == (str(both.id), str(south.id))
    assert _held(admin, shared) == (None, None)
    assert _sees(client_for(rep), owned)
    assert not _sees(stranger, owned)
    assert _sees(stranger, of_both)
    assert _sees(stranger, shared)


def test_phones_hear_of_what_came_and_of_what_went(
    admin: FieldClient, north: Team, south: Team, make_user: MakeUser, client_for: ClientFor
) -> None:
    mate, rep = make_user("rep", teams=[north]), make_user("rep", teams=[north])
    owned = _account(admin, north, rep)
    phone = client_for(mate)
    before = phone.get("/api/sync/pull?cursor=0").json
    admin.post(f"/api/teams/{north.id}/dissolve", json={})
    after = phone.get(f"/api/sync/pull?cursor={before['cursor']}&reach={before['reach']}").json
    # In another reach the phone loads afresh: what it may no longer see is not in it.
    assert after["reset"] or owned in {each["id"] for each in after["gone"]}
    assert owned not in phone.get("/api/sync/snapshot").text


def test_who_was_invited_into_it_joins_the_other(admin: FieldClient, north: Team, south: Team) -> None:
    body = {"email": "tanaka@example.jp", "name": "田中", "role": "rep", "team_ids": [str(north.id)]}
    assert admin.post("/api/invitations", json=body).status_code == 201
    admin.post(f"/api/teams/{north.id}/dissolve", json={"team_id": str(south.id)})
    (waiting,) = admin.get("/api/invitations").json["items"]
    assert waiting["team_ids"] == [str(south.id)]


def test_a_deleted_account_that_is_restored_is_not_left_with_nobody(
    admin: FieldClient, north: Team, make_user: MakeUser, client_for: ClientFor
) -> None:
    account_id = _account(admin, north)
    admin.delete(f"/api/accounts/{account_id}")
    admin.post(f"/api/teams/{north.id}/dissolve", json={})
    assert admin.post(f"/api/accounts/{account_id}/restore").json["team_id"] is None
    assert _sees(client_for(make_user("rep")), account_id)


def test_its_name_is_free_and_it_is_gone(admin: FieldClient, north: Team) -> None:
    admin.post(f"/api/teams/{north.id}/dissolve", json={})
    assert admin.get("/api/teams").json["items"] == []
    assert admin.get("/api/session").json["teams"] == []
    assert admin.post(f"/api/teams/{north.id}/dissolve", json={}).status_code == 404
    assert admin.patch(f"/api/teams/{north.id}", json={"name": "東"}).status_code == 404
    assert admin.post("/api/teams", json={"name": "北"}).status_code == 201


def test_what_cannot_be_is_refused(admin: FieldClient, north: Team) -> None:
    itself = admin.post(f"/api/teams/{north.id}/dissolve", json={"team_id": str(north.id)})
    assert (itself.status_code, itself.json["code"]) == (409, "same_team")
    nobody = {"team_id": "01890000-0000-7000-8000-000000000000"}
    unknown = admin.post(f"/api/teams/{north.id}/dissolve", json=nobody)
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "team_id")
    assert len(admin.get("/api/teams").json["items"]) == 1


def test_it_is_in_the_audit_log(admin: FieldClient, north: Team, make_user: MakeUser) -> None:
    rep = make_user("rep", teams=[north])
    account_id = _account(admin, north, rep)
    admin.post(f"/api/teams/{north.id}/dissolve", json={})
    session = set_tenant(north.org.actor)
    found = session.execute(
        text("select entity, action, entity_id, changes from audit_log order by id")
    ).all()
    forget_tenant()
    told = {(row.entity, row.action) for row in found}
    assert {("teams", "delete"), ("team_members", "erase")} <= told
    (changed,) = [row for row in found if str(row.entity_id) == account_id and row.action == "update"]
    assert changed.changes["team_id"] == [str(north.id), None]
