"""Logs tell of every request how it went, and nothing of what people are called or wrote."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError

from fieldcrm.core.db import db
from fieldcrm.telemetry.request_log import request_id_of
from tests.contracts.calls import Call, endpoints, own_call
from tests.contracts.rows import World, make_world
from tests.contracts.test_separation import send
from tests.fixtures.people import FieldClient, MakeUser, Person, signed_in_client
from tests.telemetry.lines import caught_lines

REQUEST = "fieldcrm.request"
ClientFor = Callable[[Person], FieldClient]


def test_a_request_is_one_line_without_address_or_query(client_for: ClientFor, make_user: MakeUser) -> None:
    person = make_user("administrator")
    client = client_for(person)
    wanted = uuid.uuid4()
    with caught_lines() as lines:
        answer = client.get(
            f"/api/accounts/{wanted}?secret=田中太郎", headers={"X-Request-Id": "warehouse-0001"}
        )
    [line] = lines.of(REQUEST)
    assert line.pop("duration_ms") > 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": REQUEST,
        "message": "request",
        "request_id": "warehouse-0001",
        "org_id": person.org_id,
        "method": "GET",
        "route": "/api/accounts/<uuid:account_id>",
        "status": 404,
    }
    assert answer.headers["X-Request-Id"] == "warehouse-0001"
    assert str(wanted) not in lines.text
    assert "田中太郎" not in lines.text


def test_an_address_that_is_none_of_ours_is_not_written_down(stranger: FieldClient) -> None:
    with caught_lines() as lines:
        stranger.get("/tanaka@example.jp/03-1234-5678")
    [line] = lines.of(REQUEST)
    assert line["route"] == "(none)"
    assert "tanaka" not in lines.text


@pytest.mark.parametrize(
    "sent", ["short", "a" * 65, "with space", 'x";drop', "田中太郎田中太郎", "line\nbreak00", ""]
)
def test_an_unusable_id_is_replaced(sent: str) -> None:
    assert request_id_of(sent) != sent
    assert len(request_id_of(sent)) == 16


@pytest.mark.parametrize("sent", ["b7c1e0a94d3f4a18", "0b5c9a52-1f6e-4a7d-9c3b-2f8e6d1a7c40", "A-_9" * 16])
def test_a_usable_id_is_kept(sent: str) -> None:
    assert request_id_of(sent) == sent


def test_a_refusal_before_the_view_has_its_id_too(stranger: FieldClient) -> None:
    with caught_lines() as lines:
        answer = stranger.post("/api/session", json={})
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")
    assert lines.of(REQUEST)[0]["request_id"] == answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_an_answer_in_pieces_is_told_when_it_is_over(client_for: ClientFor, make_user: MakeUser) -> None:
    client = client_for(make_user("administrator"))
    with caught_lines() as lines:
        answer = client.get("/api/accounts/export.csv", buffered=False)
        assert lines.of(REQUEST) == []
        answer.close()
        assert [line["route"] for line in lines.of(REQUEST)] == ["/api/accounts/export.csv"]


def _secrets(world: World) -> list[str]:
    person = world.administrator
    rows = [str(row) for rows in world.ids.values() for row in rows]
    return [world.mark, person.email, world.org.slug, *rows]


def test_no_endpoint_lets_personal_data_into_the_log(app: Flask, connection: Connection) -> None:
    """Every endpoint, well and badly called, at the most talkative level."""
    world = make_world(connection, "山田花子の秘密")
    client = signed_in_client(app, world.administrator)
    with caught_lines() as lines:
        for each in endpoints(app):
            base = own_call(each, world.ids)
            bad_body = dict.fromkeys(base.body or {}, f"{world.mark}\x00") or {"x": world.mark}
            for call in (
                base,
                Call(each, base.path, {**base.query, "q": world.mark, "cursor": world.mark}, base.body),
                Call(each, base.path, base.query, bad_body),
            ):
                savepoint = connection.begin_nested()
                try:
                    send(client, call)
                finally:
                    db.session.remove()
                    savepoint.rollback()
        stranger = FieldClient(app)
        stranger.csrf_token = stranger.get("/api/csrf").json["csrf_token"]
        stranger.post("/api/session", json={"email": world.administrator.email, "password": world.mark})
        stranger.post("/sign-in", data={"email": world.administrator.email, "password": world.mark})
    assert len(lines.of(REQUEST)) > 200
    told = [secret for secret in _secrets(world) if secret in lines.text]
    assert told == [], [line for line in lines.text.splitlines() if any(each in line for each in told)][:5]


def test_an_error_is_told_by_type_and_place_without_its_values(connection: Connection) -> None:
    savepoint = connection.begin_nested()
    with pytest.raises(DataError, match="山田花子") as caught:
        connection.execute(text("select cast(:name as integer)"), {"name": "山田花子"})
    savepoint.rollback()
    with caught_lines() as lines:
        logging.getLogger("fieldcrm.test").error("could not be read", exc_info=caught.value)
    [line] = lines.of("fieldcrm.test")
    assert line["message"] == "could not be read"
    assert [cause["type"] for cause in line["error"]] == ["DataError", "InvalidTextRepresentation"]
    assert line["error"][1]["sqlstate"] == "22P02"
    assert any("tests/telemetry/test_logs.py" in place for place in line["error"][0]["at"])
    assert "山田花子" not in lines.text


def test_the_queues_own_lines_name_the_job_and_not_its_arguments() -> None:
    with caught_lines() as lines:
        job = {"id": 5, "task_name": "identity.send_mail", "task_kwargs": {"to": "hanako@example.jp"}}
        logging.getLogger("procrastinate.worker").info(
            "Starting job identity.send_mail[5](to='hanako@example.jp')",
            extra={"action": "start_job", "job": job},
        )
    [line] = lines.of("procrastinate.worker")
    assert line["message"] == "start_job identity.send_mail[5]"
    assert "hanako" not in lines.text
