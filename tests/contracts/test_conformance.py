"""The app is what its document says: schemathesis makes up requests, the real app and database answer.

For every operation, as administrator and as rep: the plain call with ids that are there, then requests made
from the schemas, good ones and bad ones. No answer is a server error, has an undocumented status or media
type, or does not fit its schema. The draw is the same every time; nothing is shrunk: one run tells of all.
"""

from __future__ import annotations

import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from json import dumps
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.engine import Connection
from werkzeug.exceptions import HTTPException

from fieldcrm.core.actor import Role
from fieldcrm.core.db import db
from fieldcrm.reference.document import document
from tests.contracts.calls import Call, Endpoint, endpoints, holds_list, own_call, references
from tests.contracts.files import put_bytes_behind
from tests.contracts.rows import World, make_world
from tests.fixtures.people import FieldClient, create_person, signed_in_client

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
GOOD, BAD = 6, 6
"""How many requests of each kind an operation gets in each role; the whole must stay near a minute."""

ELSEWHERE = {"GET /healthz"}
"""It looks at the engine itself, for which a connection stands in here."""

Fault = str


@pytest.fixture
def world(connection: Connection) -> World:
    made = make_world(connection, "見本")
    put_bytes_behind(connection, made)
    return made


def _schema(app: Flask) -> BaseSchema:
    told = document(app)
    # Who asks is decided here: made-up cookies and tokens would all be refused.
    for operation in (each for methods in told["paths"].values() for each in methods.values()):
        operation["security"] = []
    schema = schemathesis.openapi.from_dict(told)
    schema.app = app
    return schema


def _operations(schema: BaseSchema) -> Iterator[APIOperation]:
    operations = (result.ok() for result in schema.get_all_operations())
    return (each for each in operations if each.label not in ELSEWHERE)


class _Browser:
    """Sends what was made up as it is: the app's own JSON would refuse some of it on this side."""

    def __init__(self, client: FieldClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def open(self, *, json: Any = None, **request: Any) -> Any:
        if json is not None:
            request |= {"data": dumps(json), "content_type": "application/json"}
        return self._client.open(**request)


class Examiner:
    """Sends cases of one operation after the other and collects what does not conform."""

    def __init__(self, app: Flask, connection: Connection, sign_in: Callable[[], FieldClient]) -> None:
        self.app, self.connection, self.sign_in = app, connection, sign_in
        self.faults: list[Fault] = []
        self.statuses: dict[str, set[int]] = {}

    def send(self, case: Case) -> None:
        """Send one case in a browser of its own; what it wrote is taken back."""
        savepoint = self.connection.begin_nested()
        seen = self.statuses.setdefault(case.operation.label, set())
        try:
            answer = case.call(session=_Browser(self.sign_in()), headers={"Accept-Encoding": "identity"})
            seen.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)
        except HTTPException as error:  # an address that no rule matches, as clients of the app get it
            seen.add(error.code or 500)
        except FailureGroup as found:
            self.faults.append(f"{case.operation.label}: {str(found)[:1500]}")
        except Exception as error:
            self.faults.append(f"{case.operation.label}: raises {error!r}\n{_last_lines(error)}")
        finally:
            db.session.remove()
            savepoint.rollback()


def _last_lines(error: Exception) -> str:
    return "".join(traceback.format_tb(error.__traceback__)[-3:])


def _plain_case(operation: APIOperation, call: Call) -> Case:
    path = {name: str(value) for name, value in call.path.items()}
    body = {} if call.body is None else {"body": call.body, "media_type": "application/json"}
    return operation.Case(path_parameters=path, query=dict(call.query), **body)


def _aimed(case: Case, endpoint: Endpoint | None, world: World) -> Case:
    """Return the case with ids that are there where it has made up ones."""
    if endpoint is None:
        return case
    call = own_call(endpoint, world.ids)
    case.path_parameters.update(
        {name: str(value) for name, value in call.path.items() if isinstance(value, uuid.UUID)}
    )
    for part, shape in ((case.query, endpoint.query), (case.body, endpoint.body)):
        if isinstance(part, dict):
            for name, table in references(shape):
                if name in part and shape is not None:
                    row = str(world.ids[table][0])
                    part[name] = [row] if holds_list(shape.model_fields[name].annotation) else row
    return case


def _examine(examiner: Examiner, operation: APIOperation, endpoint: Endpoint | None, world: World) -> None:
    quick = {
        "database": None,
        "deadline": None,
        "derandomize": True,
        "phases": [Phase.generate],
        "suppress_health_check": list(HealthCheck),
    }
    for mode, count in ((GenerationMode.POSITIVE, GOOD), (GenerationMode.NEGATIVE, BAD)):

        @settings(max_examples=count, **quick)
        @given(case=operation.as_strategy(mode), aim=st.sampled_from([endpoint, endpoint, None]))
        def run(case: Case, aim: Endpoint | None) -> None:
            examiner.send(_aimed(case, aim, world))

        # What takes nothing cannot be asked wrongly.
        with nullcontext() if mode is GenerationMode.POSITIVE else suppress(Unsatisfiable):
            run()


def _examine_all(app: Flask, examiner: Examiner, world: World) -> None:
    known = {(_path(each), each.method): each for each in endpoints(app)}
    for operation in _operations(_schema(app)):
        endpoint = known.get((operation.path, operation.method.upper()))
        if endpoint is not None:
            examiner.send(_plain_case(operation, own_call(endpoint, world.ids)))
        _examine(examiner, operation, endpoint, world)


def _path(endpoint: Endpoint) -> str:
    words = (f"{{{part.rsplit(':')[-1].strip('<>')}}}" if "<" in part else part for part in _parts(endpoint))
    return "".join(words)


def _parts(endpoint: Endpoint) -> Iterator[str]:
    rest = endpoint.rule.rule
    while "<" in rest:
        before, _, rest = rest.partition("<")
        inside, _, rest = rest.partition(">")
        yield before
        yield f"<{inside}>"
    yield rest


# What made-up calls cannot do, and why; the rooms' own tests do it.
WITHOUT_SUCCESS = {
    "POST /api/accounts/{account_id}/merge": "an account is not merged into itself",
    "PUT /api/attachments/{attachment_id}/bytes": "wants the bytes that were announced",
    "GET /api/coverage/maps/{job_id}": "the made-up job is of another kind",
    "GET /api/coverage/maps/{job_id}/file": "the made-up job is of another kind",
    "POST /api/imports": "wants a file",
    "GET /api/imports/{import_id}/mapping": "the made-up import has no file",
    "PUT /api/imports/{import_id}/mapping": "the made-up import has no file",
    "POST /api/imports/{import_id}/rows/{row_no}/retry": "the made-up import has not run",
    "POST /api/imports/{import_id}/start": "the made-up import has no file",
    "POST /api/imports/{import_id}/undo": "the made-up import has not run",
    "POST /api/session": "after so many wrong passwords from one place the right one has to wait",
    "PUT /api/session/password": "wants the present password",
    "POST /api/statuses": "wants colours",
    "POST /api/sync/devices/{device_id}/wiped": "nobody asked for it",
    "POST /api/users/{user_id}/deactivate": "nobody deactivates themselves",
    "POST /api/users/{user_id}/reactivate": "the administrator is active",
}


def test_health_answers_as_its_document_says(app: Flask) -> None:
    operation = _schema(app)["/healthz"]["GET"]
    operation.Case().call_and_validate(checks=CHECKS)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REP])
def test_the_app_answers_as_its_document_says(
    app: Flask, connection: Connection, world: World, role: Role
) -> None:
    person = world.administrator if role is Role.ADMINISTRATOR else create_person(world.org, role)
    examiner = Examiner(app, connection, lambda: signed_in_client(app, person))
    _examine_all(app, examiner, world)
    assert not examiner.faults, f"{len(examiner.faults)} faults\n" + "\n\n".join(examiner.faults)
    told = {operation.label for operation in _operations(_schema(app))}
    assert set(examiner.statuses) == told
    if role is Role.ADMINISTRATOR:
        barren = {label for label, seen in examiner.statuses.items() if not any(code < 300 for code in seen)}
        assert barren - set(WITHOUT_SUCCESS) == set(), "no success: nothing is proved of their answers"
