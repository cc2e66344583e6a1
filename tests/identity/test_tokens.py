"""Personal access tokens: a program reads, or also writes, as the person it belongs to, and no more."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Connection

from fieldcrm.core.actor import Role
from fieldcrm.core.db import db, forget_tenant, set_tenant
from fieldcrm.identity.policy import NONE, NOT_WITH_TOKEN, POLICIES
from tests.contracts.calls import Call, endpoints, own_call
from tests.contracts.rows import fingerprint, make_world
from tests.fixtures.people import FieldClient, MakeUser, Person, create_person, signed_in_client
from tests.fixtures.surroundings import FrozenClock

ClientFor = Callable[[Person], FieldClient]


def _issue(client: FieldClient, scope: str = "read", **more: object) -> str:
    answer = client.post("/api/personal-tokens", json={"name": "倉庫への連携", "scope": scope, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json["token"])


def _ask(app: Flask, token: str, path: str, method: str = "GET", **more: object):
    """Ask as a program does: a header, no cookies, no CSRF token."""
    headers = {"Authorization": f"Bearer {token}"}
    return FieldClient(app, use_cookies=False).open(path, method=method, headers=headers, **more)


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user("rep")


def test_a_token_reads_as_its_person(
    app: Flask, rep: Person, client_for: ClientFor, make_user: MakeUser
) -> None:
    client = client_for(rep)
    own = client.post("/api/accounts", json={"name": "自分の客"}).json["id"]
    other = client_for(make_user("rep")).post("/api/accounts", json={"name": "他人の客"}).json["id"]
    token = _issue(client)
    assert _ask(app, token, f"/api/accounts/{own}").json["name"] == "自分の客"
    assert _ask(app, token, f"/api/accounts/{other}").status_code == 404
    refused = _ask(app, token, "/api/accounts", "POST", json={"name": "新しい客"})
    assert (refused.status_code, refused.json["code"]) == (403, "token_read_only")
    assert _ask(app, token, "/api/users").status_code == 403


def test_a_token_that_may_write_needs_no_csrf_token_and_writes_as_its_person(
    app: Flask, rep: Person, client_for: ClientFor
) -> None:
    token = _issue(client_for(rep), "write")
    made = _ask(app, token, "/api/accounts", "POST", json={"name": "機械の客"})
    assert made.status_code == 201
    assert made.json["owner_id"] == str(rep.id)


def test_no_token_opens_what_is_for_browsers_only(app: Flask, connection: Connection) -> None:
    """Passwords, sessions, tokens, who may come in: over the URL map, with an administrator's token."""
    world = make_world(connection, "鍵")
    token = _issue(signed_in_client(app, world.administrator), "write")
    before = fingerprint(connection, world.org.org_id)
    closed = [each for each in endpoints(app) if each.policy in NOT_WITH_TOKEN]
    assert len(closed) >= 12
    answers = {str(each): _send(app, token, own_call(each, world.ids)) for each in closed}
    wrong = {
        name: answer.status_code
        for name, answer in answers.items()
        if answer.json["code"] != "not_with_token"
    }
    assert wrong == {}
    assert _without_use(fingerprint(connection, world.org.org_id)) == _without_use(before)


def test_a_read_token_changes_nothing_anywhere(app: Flask, connection: Connection) -> None:
    world = make_world(connection, "読むだけ")
    token = _issue(signed_in_client(app, world.administrator), "read")
    before = fingerprint(connection, world.org.org_id)
    writing = [each for each in endpoints(app) if each.method != "GET"]
    answers = {str(each): _send(app, token, own_call(each, world.ids)).status_code for each in writing}
    assert {name: status for name, status in answers.items() if status != 403} == {}
    assert _without_use(fingerprint(connection, world.org.org_id)) == _without_use(before)


def test_a_token_obeys_the_policy_table_as_its_person_does(app: Flask, connection: Connection) -> None:
    world = make_world(connection, "役割")
    for role in (Role.MANAGER, Role.REP, Role.BACK_OFFICE):
        token = _issue(signed_in_client(app, create_person(world.org, role)), "write")
        for each in endpoints(app):
            if POLICIES[each.policy][role] is NONE:
                assert _send(app, token, own_call(each, world.ids)).status_code == 403, f"{role}: {each}"


def _send(app: Flask, token: str, call: Call):
    has_body = call.endpoint.method not in ("GET", "DELETE")
    return _ask(
        app,
        token,
        call.url(app),
        call.endpoint.method,
        query_string=dict(call.query),
        data=json.dumps(call.body) if has_body else None,
        content_type="application/json" if has_body else None,
    )


def _without_use(checksums: dict[str, str]) -> dict[str, str]:
    """Leave out the table in which it is noted when a token was last used."""
    return {table: checksum for table, checksum in checksums.items() if table != "personal_tokens"}


def test_wrong_ended_and_revoked_tokens_are_nobody_even_beside_a_cookie(
    app: Flask, rep: Person, client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    client = client_for(rep)
    token = _issue(client, days=30)
    org, row, secret = token.split("_", 3)[1:]
    wrong = [
        "",
        "x",
        f"fcrm_{org}_{row}_{'A' * 43}",
        f"fcrm_{int(org) + 1}_{row}_{secret}",
        f"fcrm_{org}_{rep.id.hex}_{secret}",
        f"fcrm_９_{row}_{secret}",
        token + "x",
    ]
    for text_ in wrong:
        answer = client.get("/api/session", headers={"Authorization": f"Bearer {text_}"})
        assert (answer.status_code, answer.json["code"]) == (401, "bad_token"), text_
        assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert _ask(app, token, "/api/session").status_code == 200
    frozen_clock.move(days=31)
    assert _ask(app, token, "/api/session").status_code == 401
    frozen_clock.move(days=-31)
    assert client.delete(f"/api/personal-tokens/{rep.id}").status_code == 404
    listed = client.get("/api/personal-tokens").json["items"]
    assert client.delete(f"/api/personal-tokens/{listed[0]['id']}").status_code == 204
    assert _ask(app, token, "/api/session").status_code == 401
    assert client.get("/api/personal-tokens").json["items"] == []


def test_a_browser_gains_nothing_by_a_token_of_its_own_making(
    app: Flask, rep: Person, client_for: ClientFor
) -> None:
    """The header alone must not lift the protection from what works by cookie."""
    client = client_for(rep)
    client.csrf_token = None
    forged = {"Authorization": "Bearer x"}
    assert client.post("/api/accounts", json={"name": "偽"}, headers=forged).status_code == 401
    assert client.post("/sign-out", headers=forged).status_code == 403
    assert client.delete("/api/session", headers=forged).status_code == 403
    assert client.get("/api/session").status_code == 200


def test_a_token_is_shown_once_kept_as_a_hash_and_its_use_noted(
    app: Flask, rep: Person, client_for: ClientFor, frozen_clock: FrozenClock
) -> None:
    client = client_for(rep)
    key = "01890000-0000-7000-8000-00000000abcd"
    body = {"name": "一度だけ", "scope": "read"}
    made = client.post("/api/personal-tokens", json=body, headers={"Idempotency-Key": key}).json
    secret = made["token"].rsplit("_", 1)[1]
    (listed,) = client.get("/api/personal-tokens").json["items"]
    assert listed["last_used_at"] is None
    assert secret not in str(listed)
    session = set_tenant(rep.org.actor)
    kept = [
        str(session.execute(text(f"select t::text from {table} t")).all())
        for table in ("personal_tokens", "audit_log", "idempotency_keys")
    ]
    forget_tenant()
    db.session.remove()
    assert not any(secret in each for each in kept)
    assert _ask(app, made["token"], "/api/session").status_code == 200
    used = client.get("/api/personal-tokens").json["items"][0]["last_used_at"]
    frozen_clock.move(minutes=4)
    _ask(app, made["token"], "/api/session")
    assert client.get("/api/personal-tokens").json["items"][0]["last_used_at"] == used
    frozen_clock.move(minutes=2)
    _ask(app, made["token"], "/api/session")
    assert client.get("/api/personal-tokens").json["items"][0]["last_used_at"] > used


def test_administrators_see_and_revoke_everybodys_tokens_others_their_own(
    app: Flask, rep: Person, make_user: MakeUser, client_for: ClientFor
) -> None:
    token = _issue(client_for(rep))
    mate, admin = client_for(make_user("manager")), client_for(make_user("administrator"))
    assert mate.get("/api/personal-tokens").json["items"] == []
    (listed,) = admin.get("/api/personal-tokens").json["items"]
    assert listed["user_name"] == rep.name
    assert mate.delete(f"/api/personal-tokens/{listed['id']}").status_code == 404
    assert admin.delete(f"/api/personal-tokens/{listed['id']}").status_code == 204
    assert _ask(app, token, "/api/session").status_code == 401
    session = set_tenant(rep.org.actor)
    made_and_revoked = session.execute(
        text("select action, changes from audit_log where entity_id = :id order by id"), {"id": listed["id"]}
    ).all()
    forget_tenant()
    assert [row.action for row in made_and_revoked] == ["create", "update"]
    assert made_and_revoked[0].changes["scope"] == [None, "read"]
    assert list(made_and_revoked[1].changes) == ["revoked_at"]


def test_who_is_deactivated_takes_their_tokens_along(
    app: Flask, rep: Person, make_user: MakeUser, client_for: ClientFor
) -> None:
    token = _issue(client_for(rep), "write")
    admin = client_for(make_user("administrator", password="長い合言葉です2026"))
    assert admin.post(f"/api/users/{rep.id}/deactivate", json={}).status_code == 200
    admin.post(f"/api/users/{rep.id}/reactivate")
    assert _ask(app, token, "/api/session").status_code == 401


def test_a_token_costs_one_query(app: Flask, rep: Person, client_for: ClientFor, count_queries) -> None:
    token = _issue(client_for(rep))
    _ask(app, token, "/api/session")
    with count_queries() as seen:
        _ask(app, token, "/api/session")
    of_the_gate = [statement for statement in seen if "personal_tokens" in statement]
    assert len(of_the_gate) == 1, seen
