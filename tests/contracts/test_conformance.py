"""The app is what its document says: schemathesis makes up requests, the real app and database answer.

For every operation, as administrator and as rep: the plain call with ids that are there, then requests made
from the schemas, good ones and bad ones. No answer is a server error, has an undocumented status or media
type, or does not fit its schema. The draw is the same every time; nothing is shrunk: one run tells of all.
"""

from __future__ import annotations

import traceback
import uuid
from collections.abc import Iterator, Sequence
from json import dumps
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
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
from tests.contracts.succeeding import PASSWORD, SUCCEEDING, Scene, Sent
from tests.fixtures.people import FieldClient, Person, create_person, signed_in_client

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
GOOD, BAD = 6, 6
"""How many requests of each kind an operation gets in each role."""

ELSEWHERE = {"GET /healthz"}
"""It looks at the engine itself, for which a connection stands in here."""

Fault = str


@pytest.fixture
def world(connection: Connection) -> World:
    made = make_world(connection, "見本", password=PASSWORD)
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

    def __init__(self, app: Flask, connection: Connection, person: Person) -> None:
        self.app, self.connection, self.first = app, connection, signed_in_client(app, person)
        self.is_in_charge = person.actor.role is Role.ADMINISTRATOR
        self.role = person.actor.role
        self.faults: list[Fault] = []
        self.statuses: dict[str, set[int]] = {}

    def send(self, case: Case) -> int | None:
        """Send one case in a browser of its own, return its status; what it wrote is taken back."""
        savepoint = self.connection.begin_nested()
        seen = self.statuses.setdefault(case.operation.label, set())
        status: int | None = None
        try:
            answer = case.call(session=_Browser(self.browser()), headers={"Accept-Encoding": "identity"})
            status = answer.status_code
            seen.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)
        except HTTPException as error:  # an address that no rule matches, as clients of the app get it
            seen.add(error.code or 500)
        except FailureGroup as found:
            self.faults.append(f"{case.operation.label} as {self.role}: {str(found)[:1500]}")
        except Exception as error:
            self.faults.append(
                f"{case.operation.label} as {self.role}: raises {error!r}\n{_last_lines(error)}"
            )
        finally:
            db.session.remove()
            savepoint.rollback()
        return status

    def send_succeeding(self, operation: APIOperation, call: Call | None, world: World) -> None:
        """Set the scene in which the call succeeds, and send it there."""
        savepoint = self.connection.begin_nested()
        try:
            sent = SUCCEEDING[operation.label](Scene(self.connection, world, self.browser()))
            db.session.remove()
            status = self.send(_scene_case(operation, call, sent))
            if status is None or status >= 300:
                self.faults.append(f"{operation.label}: {status} where it should succeed")
        finally:
            db.session.remove()
            savepoint.rollback()

    def browser(self) -> FieldClient:
        """Return a browser that is signed in: a fresh one with the cookies of the first.

        Signing in takes longer than most of what is asked.
        """
        fresh = FieldClient(self.app, use_cookies=True)
        fresh.csrf_token = self.first.csrf_token
        fresh._cookies.update(self.first._cookies)  # type: ignore[union-attr]
        return fresh


def _last_lines(error: Exception) -> str:
    return "".join(traceback.format_tb(error.__traceback__)[-3:])


def _plain_case(operation: APIOperation, call: Call) -> Case:
    path = {name: str(value) for name, value in call.path.items()}
    body = {} if call.body is None else {"body": call.body, "media_type": "application/json"}
    return operation.Case(path_parameters=path, query=dict(call.query), **body)


def _scene_case(operation: APIOperation, call: Call | None, sent: Sent) -> Case:
    plain = _plain_case(operation, call) if call is not None else operation.Case()
    plain.path_parameters.update({name: str(value) for name, value in sent.path.items()})
    plain.query.update(sent.query)
    plain.headers.update(sent.headers)
    if sent.body is not None:
        plain.body, plain.media_type = sent.body, sent.media_type
    return plain


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


def _examine(
    examiners: Sequence[Examiner], operation: APIOperation, endpoint: Endpoint | None, world: World
) -> None:
    quick = {
        "database": None,
        "deadline": None,
        "derandomize": True,
        "phases": [Phase.generate],
        "suppress_health_check": list(HealthCheck),
    }
    modes = [(GenerationMode.POSITIVE, GOOD), (GenerationMode.NEGATIVE, BAD)]
    for mode, count in modes if _can_be_asked_wrongly(operation) else modes[:1]:

        @settings(max_examples=count, **quick)
        @given(case=operation.as_strategy(mode), aim=st.sampled_from([endpoint, endpoint, None]))
        def run(case: Case, aim: Endpoint | None) -> None:
            aimed = _aimed(case, aim, world)
            # Making a request up takes longer than answering it: each is made once, for all.
            for examiner in examiners:
                examiner.send(aimed)

        run()


def _can_be_asked_wrongly(operation: APIOperation) -> bool:
    """Return whether it takes anything but headers of any text."""
    raw = operation.definition.raw
    taken = [each for each in raw.get("parameters", []) if each["schema"] != {"type": "string"}]
    return bool(taken) or "requestBody" in raw


def _examine_all(app: Flask, examiners: Sequence[Examiner], world: World) -> None:
    known = {(_path(each), each.method): each for each in endpoints(app)}
    for operation in _operations(_schema(app)):
        endpoint = known.get((operation.path, operation.method.upper()))
        call = None if endpoint is None else own_call(endpoint, world.ids)
        for examiner in examiners:
            if call is not None:
                examiner.send(_plain_case(operation, call))
            if operation.label in SUCCEEDING and examiner.is_in_charge:
                examiner.send_succeeding(operation, call, world)
        _examine(examiners, operation, endpoint, world)


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


def test_health_answers_as_its_document_says(app: Flask) -> None:
    operation = _schema(app)["/healthz"]["GET"]
    operation.Case().call_and_validate(checks=CHECKS)


def test_the_app_answers_as_its_document_says(app: Flask, connection: Connection, world: World) -> None:
    people = (world.administrator, create_person(world.org, Role.REP))
    examiners = [Examiner(app, connection, person) for person in people]
    _examine_all(app, examiners, world)
    faults = [fault for examiner in examiners for fault in examiner.faults]
    assert not faults, f"{len(faults)} faults\n" + "\n\n".join(faults)
    told = {operation.label for operation in _operations(_schema(app))}
    assert all(set(examiner.statuses) == told for examiner in examiners)
    assert set(SUCCEEDING) - told == set()
    seen = examiners[0].statuses
    barren = {label for label, statuses in seen.items() if not any(code < 300 for code in statuses)}
    assert barren == set(), "no success: nothing is proved of their answers; see succeeding.py"
