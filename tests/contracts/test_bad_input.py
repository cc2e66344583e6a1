"""Bad input is refused and never breaks an endpoint: generated over the URL map and the shapes.

Each field of each body, each query parameter and each number in a path takes each of the bad values in
turn; the answer is below 500 and, when it is a refusal, a problem document in the caller's language.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import Connection

from fieldcrm.core.db import db
from tests.contracts.calls import Call, Endpoint, endpoints, own_call
from tests.contracts.rows import World, make_world
from tests.contracts.test_separation import send
from tests.fixtures.people import FieldClient, signed_in_client

BAD_VALUES: tuple[Any, ...] = (
    None,
    "\ud800",
    "x" * 200_000,
    "😀%_\\'\"; drop table users --",
    -1,
    2**63,
    1e308,
    {"x": [["\x00"]]},
    "0000-00-00T99:99:99+99:99",
)
BAD_TEXTS = ("", "\x00", "9" * 30, "nan", "😀%_\\'", "0000-00-00", "1,2,3,4")


@pytest.fixture
def world(connection: Connection) -> World:
    return make_world(connection, "見本")


@pytest.fixture
def client(app: Flask, world: World) -> FieldClient:
    return signed_in_client(app, world.administrator)


def _bad_bodies(base: Call) -> Iterator[Call]:
    model = base.endpoint.body
    for name, info in ({} if model is None else model.model_fields).items():
        for value in BAD_VALUES:
            body = {**base.body, (info.alias or name): value}
            yield Call(base.endpoint, base.path, base.query, body, f"body {name}={value!r:.40}")
    for whole in ([], "text", 5, None, {"": ""}):
        yield Call(base.endpoint, base.path, base.query, whole, f"body is {whole!r}")


def _bad_queries(base: Call) -> Iterator[Call]:
    model = base.endpoint.query
    for name, info in ({} if model is None else model.model_fields).items():
        for value in BAD_TEXTS:
            query = {**base.query, (info.alias or name): value}
            yield Call(base.endpoint, base.path, query, base.body, f"query {name}={value!r:.40}")


def _bad_paths(base: Call) -> Iterator[Call]:
    for name, value in base.path.items():
        for bad in (0, 10**9, 2**31, 2**63, 10**30) if isinstance(value, int) else ():
            yield Call(base.endpoint, {**base.path, name: bad}, base.query, base.body, f"path {name}={bad}")


def _fault(connection: Connection, client: FieldClient, call: Call) -> str | None:
    savepoint = connection.begin_nested()
    try:
        answer = send(client, call)
    except Exception as error:
        return f"{call.endpoint} ({call.why}): raises {str(error)[:200]!r}"
    finally:
        db.session.remove()
        savepoint.rollback()
    is_told = answer.status_code < 400 or answer.content_type == "application/problem+json"
    return (
        None
        if is_told and answer.status_code < 500
        else f"{call.endpoint} ({call.why}): {answer.status_code}"
    )


def _calls(each: Endpoint, world: World) -> Iterator[Call]:
    base = own_call(each, world.ids)
    if each.method in ("POST", "PUT", "PATCH"):
        yield from _bad_bodies(base)
    yield from _bad_queries(base)
    yield from _bad_paths(base)


def test_no_bad_value_breaks_an_endpoint(
    app: Flask, connection: Connection, client: FieldClient, world: World
) -> None:
    calls = [call for each in endpoints(app) for call in _calls(each, world)]
    assert len(calls) > 500
    faults = [fault for call in calls if (fault := _fault(connection, client, call))]
    assert not faults, "\n".join(faults)
