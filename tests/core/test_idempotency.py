"""What is sent twice is done once, on real connections."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from fieldcrm.core.db import transaction
from tests.core.probe import Probe
from tests.fixtures.people import FieldClient, Org, Person, create_person, signed_in_client

Send = Callable[..., TestResponse]


@pytest.fixture
def person(probe_app: Flask, committed_organisation: Org) -> Person:
    with probe_app.app_context():
        return create_person(committed_organisation)


@pytest.fixture
def client(probe_app: Flask, person: Person) -> FieldClient:
    with probe_app.app_context():
        return signed_in_client(probe_app, person)


@pytest.fixture
def send(client: FieldClient, the_probe: Probe) -> Send:
    def post(name: str = "第一", *, key: object, path: str = "/api/probe", **options: object) -> TestResponse:
        options = options or {"json": {"name": name}}
        return client.post(path, headers={"Idempotency-Key": str(key)}, **options)

    return post


def _teams(app: Flask, person: Person) -> list[str]:
    with app.app_context(), transaction(person.actor) as session:
        return list(session.scalars(text("select name from teams order by id")))


def test_replay_gives_the_first_answer_and_writes_nothing(
    send: Send, the_probe: Probe, probe_app: Flask, person: Person
) -> None:
    key = uuid.uuid4()
    first, second = send(key=key), send(key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert "Idempotent-Replay" not in first.headers
    assert second.headers["Idempotent-Replay"] == "true"
    assert the_probe.runs == 1
    assert _teams(probe_app, person) == ["第一"]


def test_same_key_with_another_body_is_refused(send: Send, the_probe: Probe) -> None:
    key = uuid.uuid4()
    send(key=key)
    refused = send("第二", key=key)
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_mismatch")
    assert the_probe.runs == 1


def test_same_key_of_another_person_is_refused(
    send: Send, probe_app: Flask, committed_organisation: Org, the_probe: Probe
) -> None:
    key = uuid.uuid4()
    send(key=key)
    with probe_app.app_context():
        other = signed_in_client(probe_app, create_person(committed_organisation))
    headers = {"Idempotency-Key": str(key)}
    refused = other.post("/api/probe", json={"name": "第一"}, headers=headers)
    assert refused.json["code"] == "idempotency_mismatch"


@pytest.mark.parametrize("fault", ["failing", "refusing"])
def test_a_refusal_may_be_tried_again_under_the_same_key(
    send: Send, the_probe: Probe, probe_app: Flask, person: Person, fault: str
) -> None:
    key = uuid.uuid4()
    setattr(the_probe, fault, True)
    assert send(key=key).status_code == 409
    assert _teams(probe_app, person) == []
    setattr(the_probe, fault, False)
    assert send(key=key).status_code == 201
    assert _teams(probe_app, person) == ["第一"]


@pytest.mark.parametrize("key", ["", "x", "1234", "drop table users"])
def test_a_key_that_is_no_id_is_refused(send: Send, the_probe: Probe, key: str) -> None:
    refused = send(key=key)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert the_probe.runs == 0


def test_two_at_once_are_done_once(
    client: FieldClient, probe_app: Flask, person: Person, the_probe: Probe
) -> None:
    key, answers = str(uuid.uuid4()), []
    the_probe.go_on.clear()
    with client.session_transaction() as cookie:
        signed = dict(cookie)

    def post() -> None:
        twin = FieldClient(probe_app, use_cookies=True)
        twin.csrf_token = client.csrf_token
        with twin.session_transaction() as own:
            own.update(signed)
        answers.append(twin.post("/api/probe", json={"name": "同時"}, headers={"Idempotency-Key": key}))

    threads = [Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert the_probe.entered.wait(10)
    the_probe.go_on.set()
    for thread in threads:
        thread.join(20)
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replay" in answer.headers for answer in answers) == 3
    assert the_probe.runs == 1
    assert _teams(probe_app, person) == ["同時"]


def test_when_the_first_fails_the_waiting_one_does_it(
    client: FieldClient, probe_app: Flask, person: Person, the_probe: Probe
) -> None:
    key, answers = str(uuid.uuid4()), []
    the_probe.go_on.clear()
    the_probe.failing = True
    with client.session_transaction() as cookie:
        signed = dict(cookie)

    def post() -> None:
        twin = FieldClient(probe_app, use_cookies=True)
        twin.csrf_token = client.csrf_token
        with twin.session_transaction() as own:
            own.update(signed)
        answers.append(twin.post("/api/probe", json={"name": "交代"}, headers={"Idempotency-Key": key}))

    first, second = Thread(target=post), Thread(target=post)
    first.start()
    assert the_probe.entered.wait(10)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    the_probe.go_on.set()
    first.join(10)
    the_probe.failing = False
    second.join(10)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert _teams(probe_app, person) in (["交代"], [])
    assert (
        client.post("/api/probe", json={"name": "交代"}, headers={"Idempotency-Key": key}).status_code == 201
    )
    assert _teams(probe_app, person) == ["交代"]


def test_an_upload_is_known_by_its_content_not_by_its_boundary(send: Send, the_probe: Probe) -> None:
    key = uuid.uuid4()

    def upload(content: bytes) -> TestResponse:
        data = {"file": (io.BytesIO(content), "list.csv")}
        return send(key=key, path="/api/probe/upload", data=data, content_type="multipart/form-data")

    assert upload(b"name\nA").json == {"size": 6}
    assert upload(b"name\nA").headers["Idempotent-Replay"] == "true"
    assert upload(b"name\nB").json["code"] == "idempotency_mismatch"
    assert the_probe.runs == 1


def test_bad_input_does_not_use_up_the_key(send: Send, the_probe: Probe) -> None:
    key = uuid.uuid4()
    assert send("", key=key).status_code == 422
    assert send("第一", key=key).status_code == 201
