"""Organisations are separate at every endpoint, whoever adds it: generated over the URL map.

The administrator of one organisation sends the other's real ids wherever an id goes (path, query, body).
The answer is 404, or 422 at the field; nothing of the other is in it, nothing of the other changes. What
an endpoint asks the database names the organisation itself, although the policy would do it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
from apiflask import APIBlueprint
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Connection
from werkzeug.test import TestResponse

from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.wire import Wire
from fieldcrm.identity.policy import NONE, POLICIES
from tests.contracts.calls import Call, Endpoint, endpoints, foreign_calls, has_references, own_call
from tests.contracts.rows import World, fingerprint, make_world, tenant_tables
from tests.fixtures.people import FieldClient, create_person, signed_in_client
from tests.fixtures.queries import counting_queries

_TABLE_IN_SQL = re.compile(r"\b(?:from|join|update|into)\s+(?:only\s+)?\"?([a-z_]+)\"?", re.IGNORECASE)


@pytest.fixture
def worlds(connection: Connection) -> tuple[World, World]:
    """Two organisations, each with a row in every table."""
    return make_world(connection, "甲の秘密"), make_world(connection, "乙の秘密")


class Watch:
    """Sends calls as one organisation and tells what they did to the other."""

    def __init__(self, connection: Connection, client: FieldClient, other: World) -> None:
        self.connection, self.client, self.other = connection, client, other
        self.before = fingerprint(connection, other.org.org_id)
        self.secrets = [other.mark, *(str(row) for rows in other.ids.values() for row in rows)]

    def faults(self, call: Call) -> list[str]:
        """Return what is wrong with the answer to ``call``; what it wrote is taken back."""
        savepoint = self.connection.begin_nested()
        try:
            with counting_queries() as seen:
                answer = self._send(call)
            told = [answer] if isinstance(answer, str) else self._told(call, answer)
            found = [*told, *self._changed(), *unscoped(seen)]
            return [f"{call.endpoint} ({call.why or 'own ids'}): {fault}" for fault in found]
        finally:
            db.session.remove()
            savepoint.rollback()

    def _send(self, call: Call) -> TestResponse | str:
        try:
            return send(self.client, call)
        except Exception as error:
            return f"raises {error!r}"

    def _told(self, call: Call, answer: TestResponse) -> list[str]:
        found = []
        if answer.status_code >= 500:
            found.append(f"{answer.status_code}")
        if not call.why and answer.status_code == 422 and has_references(call.endpoint):
            found.append(f"our own made-up call is refused, so nothing is proved: {answer.text[:300]}")
        if call.why.startswith("path") and answer.status_code != 404:
            found.append(f"{answer.status_code} and not 404: {answer.text[:200]}")
        if call.why.startswith("body") and not _is_refused_at(answer, call.why.removeprefix("body ")):
            found.append(f"{answer.status_code} and neither 404 nor 422 at the field: {answer.text[:200]}")
        content = readable(answer)
        return found + [f"tells {secret!r}" for secret in self.secrets if secret in content]

    def _changed(self) -> list[str]:
        after = fingerprint(self.connection, self.other.org.org_id)
        return [f"changes {table}" for table in self.before if after.get(table) != self.before[table]]


def send(client: FieldClient, call: Call) -> TestResponse:
    """Send ``call``."""
    has_body = call.endpoint.method not in ("GET", "DELETE")
    return client.open(
        call.url(client.application),
        method=call.endpoint.method,
        query_string=dict(call.query),
        data=json.dumps(call.body) if has_body else None,
        content_type="application/json" if has_body else None,
    )


def unscoped(statements: list[str]) -> list[str]:
    """Return the statements that touch a tenant table without naming the organisation."""
    tenant = {table.name for table in tenant_tables()} - {"organisation_slugs", "sign_in_names"}
    return [
        f"does not name the organisation: {statement[:160]}"
        for statement in statements
        if tenant & set(_TABLE_IN_SQL.findall(statement)) and "org_id" not in statement
    ]


def _is_refused_at(answer: TestResponse, name: str) -> bool:
    if answer.status_code == 404:
        return True
    problems = (answer.get_json(silent=True) or {}).get("errors", [])
    codes = [each["code"] for each in problems if each["field"].split(".")[0] == name]
    return answer.status_code == 422 and codes == ["unknown_reference"]


def readable(answer: TestResponse) -> str:
    """Return what the answer holds as text; of a workbook what is in it, without when it was made."""
    content = answer.get_data()
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist() if not name.startswith("docProps"))
    return content.decode("utf-8", errors="replace")


def all_faults(app: Flask, watch: Watch, *, own: World) -> list[str]:
    """Return the faults of every endpoint of ``app``, called with every foreign id there is."""
    found: list[str] = []
    for each in endpoints(app):
        found += watch.faults(own_call(each, own.ids))
        for call in foreign_calls(each, own=own.ids, foreign=watch.other.ids):
            found += watch.faults(call)
    return found


def test_another_organisations_ids_open_nothing_anywhere(
    app: Flask, connection: Connection, worlds: tuple[World, World]
) -> None:
    other, own = worlds
    watch = Watch(connection, signed_in_client(app, own.administrator), other)
    faults = all_faults(app, watch, own=own)
    assert not faults, "\n".join(faults)


def test_signed_out_every_endpoint_answers_401(
    app: Flask, stranger: FieldClient, worlds: tuple[World, World]
) -> None:
    stranger.csrf_token = stranger.get("/api/csrf").json["csrf_token"]
    answers = {str(each): send(stranger, own_call(each, worlds[0].ids)) for each in endpoints(app)}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401} == {}


def test_a_role_without_the_policy_answers_403(
    app: Flask, connection: Connection, worlds: tuple[World, World]
) -> None:
    own = worlds[0]
    before = fingerprint(connection, own.org.org_id)
    wrong = []
    for role in (Role.MANAGER, Role.REP, Role.BACK_OFFICE):
        client = signed_in_client(app, create_person(own.org, role))
        before = fingerprint(connection, own.org.org_id)
        for each in endpoints(app):
            if POLICIES[each.policy][role] is NONE:
                answer = send(client, own_call(each, own.ids))
                if answer.status_code != 403 or fingerprint(connection, own.org.org_id) != before:
                    wrong.append(f"{role}: {each}: {answer.status_code}")
    assert wrong == []


def test_every_tenant_table_has_a_row_to_leak(worlds: tuple[World, World], connection: Connection) -> None:
    for world in worlds:
        checksums = fingerprint(connection, world.org.org_id)
        assert [table for table, checksum in checksums.items() if checksum is None] == []


# The test of the test: endpoints that leak must be found.


class _Take(Wire):
    """A body with a reference."""

    team_id: str


def _leaky_app(database: dict[str, str], other: Callable[[], World]) -> Flask:
    from tests.conftest import build_app

    bp = APIBlueprint("leaky", __name__, enable_openapi=False)

    def visit_other() -> None:
        db.session.connection().exec_driver_sql(f"set local app.org_id = '{other().org.org_id}'")

    @bp.get("/api/leaky-reads/<uuid:team_id>")
    @endpoint("team.read")
    def read(*, actor: Actor, team_id: object) -> dict[str, str]:
        visit_other()
        return {"name": db.session.scalar(text("select name from teams where id = :id"), {"id": team_id})}

    @bp.delete("/api/leaky-writes/<uuid:team_id>")
    @endpoint("team.read")
    def write(*, actor: Actor, team_id: object) -> tuple[str, int]:
        visit_other()
        db.session.execute(text("update teams set name = 'x' where org_id > 0 and id = :id"), {"id": team_id})
        return "", 404

    @bp.post("/api/leaky-takes")
    @endpoint("team.read", body=_Take)
    def take(*, actor: Actor, body: _Take) -> dict[str, str]:
        return {"kept": "yes"}

    app = build_app(database)
    app.register_blueprint(bp)
    return app


def test_planted_leaks_are_found(
    database: dict[str, str], app: Flask, connection: Connection, worlds: tuple[World, World]
) -> None:
    other, own = worlds
    leaky = _leaky_app(database, lambda: other)
    planted = [each for each in endpoints(leaky) if "/leaky-" in each.rule.rule]
    with leaky.app_context():
        db._app_engines[leaky][None] = connection  # type: ignore[assignment]
        watch = Watch(connection, signed_in_client(leaky, own.administrator), other)
        found = {_word(each): _foreign_faults(watch, each, own) for each in planted}
    for where, fault in (
        ("reads", "200 and not 404"),
        ("reads", "tells '甲の秘密'"),
        ("reads", "does not name the organisation"),
        ("writes", "changes teams"),
        ("takes", "neither 404 nor 422"),
    ):
        assert any(fault in each for each in found[where]), (where, fault)


def _word(planted: Endpoint) -> str:
    return planted.rule.rule.removeprefix("/api/leaky-").split("/")[0]


def _foreign_faults(watch: Watch, each: Endpoint, own: World) -> list[str]:
    calls = foreign_calls(each, own=own.ids, foreign=watch.other.ids)
    return [fault for call in calls for fault in watch.faults(call)]
