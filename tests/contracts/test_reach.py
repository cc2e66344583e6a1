"""Inside an organisation the policy's scope holds at every endpoint: generated over the URL map.

A rep without a team reaches nothing of a colleague's team: not by id, not as a reference, not in a list.
"""

from __future__ import annotations

import uuid
from typing import get_args

import pytest
from flask import Flask
from sqlalchemy.engine import Connection

from fieldcrm.core.actor import Role
from fieldcrm.identity.policy import OWN, POLICIES, TEAM
from tests.contracts.calls import Call, Endpoint, endpoints, has_references, own_call
from tests.contracts.files import put_bytes_behind
from tests.contracts.rows import PULLED_AT, World, fingerprint, make_world
from tests.contracts.test_separation import send
from tests.fixtures.people import FieldClient, Person, create_person, signed_in_client

OWNED = ("accounts", "contacts", "activities", "tasks", "appointments", "attachments", "conflicts")
"""The tables whose rows belong to an account, and so to its owner and team."""


@pytest.fixture
def world(connection: Connection) -> World:
    made = make_world(connection, "隣の課")
    put_bytes_behind(connection, made)
    return made


@pytest.fixture
def outsider(world: World) -> Person:
    return create_person(world.org, Role.REP)


@pytest.fixture
def client(app: Flask, outsider: Person) -> FieldClient:
    return signed_in_client(app, outsider)


def _scoped(app: Flask) -> list[Endpoint]:
    return [each for each in endpoints(app) if POLICIES[each.policy][Role.REP] in (TEAM, OWN)]


def _is_of_owned(call: Call, world: World) -> bool:
    owned = {row for table in OWNED for row in world.ids[table]}
    return bool(owned & {value for value in call.path.values() if isinstance(value, uuid.UUID)})


def test_a_colleagues_rows_are_not_there(
    app: Flask, connection: Connection, client: FieldClient, world: World
) -> None:
    before = fingerprint(connection, world.org.org_id)
    calls = [own_call(each, world.ids) for each in _scoped(app)]
    aimed = [call for call in calls if _is_of_owned(call, world)]
    assert len(aimed) >= 8
    wrong = [
        f"{call.endpoint}: {answer.status_code} {answer.text[:200]}"
        for call in aimed
        if (answer := send(client, call)).status_code != 404
    ]
    assert wrong == []
    assert fingerprint(connection, world.org.org_id) == before


def test_a_colleagues_rows_cannot_be_referred_to(app: Flask, client: FieldClient, world: World) -> None:
    wrong = []
    for each in _scoped(app):
        call = own_call(each, world.ids)
        if has_references(each) and "account_id" in call.body and not call.path:
            answer = send(client, call)
            if answer.status_code not in (404, 422):
                wrong.append(f"{each}: {answer.status_code}")
    assert wrong == []


def test_a_colleagues_rows_are_in_no_list(app: Flask, client: FieldClient, world: World) -> None:
    secrets = [str(row) for table in OWNED for row in world.ids[table]]
    for each in _scoped(app):
        if each.method == "GET" and each.policy.split(".")[0] != "session":
            for query in _queries(each):
                call = Call(each, own_call(each, world.ids).path, query)
                answer = send(client, call)
                told = [secret for secret in secrets if secret in answer.get_data().decode(errors="replace")]
                assert told == [], f"{each} {query}"


def _queries(endpoint: Endpoint) -> list[dict[str, int | str]]:
    """Return the plain query, and of a feed the one from before the rows were written."""
    fields = {} if endpoint.query is None else endpoint.query.model_fields
    is_feed = "cursor" in fields and fields["cursor"].annotation is int
    parts = get_args(fields["part"].annotation) if "part" in fields else ()
    return [{}, *({"part": part} for part in parts), *([{"cursor": PULLED_AT - 1}] if is_feed else [])]


def test_the_feed_tells_those_whom_the_rows_belong_to(app: Flask, world: World) -> None:
    """What the outsider is not told is there to be told: also that an account has left someone."""
    query = {"cursor": PULLED_AT - 1}
    answer = signed_in_client(app, world.administrator).get("/api/sync/pull", query_string=query)
    missing = [table for table in OWNED if str(world.one(table)) not in answer.text]
    assert missing == []
    assert str(world.one("accounts")) not in str(answer.json["gone"])


def test_the_owner_finds_all_of_it(app: Flask, connection: Connection, world: World) -> None:
    """What the others are refused is there for whom it belongs to: the refusals prove something."""
    owner = signed_in_client(app, world.administrator)
    for each in _scoped(app):
        call = own_call(each, world.ids)
        if each.method == "GET" and _is_of_owned(call, world):
            assert send(owner, Call(each, call.path)).status_code == 200, str(each)
