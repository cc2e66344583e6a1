"""Every endpoint, as every role, on every kind of row: what the table of expectations says is what happens.

Three looks, none of which names an endpoint:

- ``aimed``: a call about one row (in its path or body) is let through, refused or answered as if the row
  were not there; and an answer of the last kind is the same as for an id that is nobody's;
- ``shown``: what a read answers tells of the rows in reach and of no other;
- ``silent``: what a read answers is the same, byte for byte, where the rows out of reach never were: no
  count, no order, no tile, no cluster and no error depends on them.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from flask import Flask
from pydantic import BaseModel
from sqlalchemy.engine import Connection
from werkzeug.test import TestResponse

from fieldcrm.core.actor import Role
from fieldcrm.core.db import db
from tests.contracts.calls import Call, Endpoint, endpoints, own_call, references
from tests.contracts.expectations import EXPECTED, MAY, NO
from tests.contracts.kinds import KINDS, Company, Held, hanging_tables, remove
from tests.contracts.rows import LAT, LON, PULLED_AT, World, fingerprint
from tests.contracts.test_separation import readable, send
from tests.fixtures.people import signed_in_client

MAY_LETTER, REFUSED, ABSENT = "y", "n", "."
FOREIGN = "another organisation's"
TILES = ((4, 14, 6), (14, 14552, 6451))
"""Two tiles over the made-up place: one of clusters, one of points."""

_PASSING = re.compile(r'"(request_id|csrf_token|received_at|as_of|clock)":\s*("[^"]*"|\d+|null)')


def cell(endpoint: Endpoint, role: Role) -> str:
    """Return what is expected of the endpoint for the role; KeyError where nobody has said."""
    line = EXPECTED.get(str(endpoint)) or EXPECTED[endpoint.policy]
    found: str = getattr(line, str(role))
    return found


def unexpected(app: Flask) -> list[str]:
    """Return the endpoints for which no expectation is written down."""
    return [str(each) for each in endpoints(app) if str(each) not in EXPECTED and each.policy not in EXPECTED]


class Matrix:
    """Sends calls as one role and compares what comes back with the table."""

    def __init__(
        self, app: Flask, connection: Connection, company: Company, role: Role, *, foreign: World
    ) -> None:
        self.app, self.connection, self.company, self.role = app, connection, company, role
        self.foreign = Held(foreign.mark, dict(foreign.ids))
        self.org_id = company.world.org.org_id
        self.client = signed_in_client(app, company.people[role])
        self.before = fingerprint(connection, self.org_id)
        self.changed: list[str] = []

    def faults(self, only: Sequence[Endpoint] | None = None) -> list[str]:
        """Return what is not as expected, at every endpoint or at some."""
        chosen = endpoints(self.app) if only is None else only
        found = [fault for each in chosen for fault in self._aimed(each)]
        reads = [each for each in chosen if each.method == "GET" and cell(each, self.role) != NO]
        found += [fault for each in reads for fault in self._shown(each)]
        return [f"{self.role}: {fault}" for fault in (*found, *self._silent(reads))]

    # aimed at one row

    def _aimed(self, endpoint: Endpoint) -> Iterator[str]:
        expected, own = cell(endpoint, self.role), self.company.of(self.role, KINDS[0])
        if expected in (MAY, NO) or not (places := _aims(endpoint, self.company)):
            answer = self._undone(own_call(endpoint, self._ids(own)))
            if (answer.status_code == 403) != (expected == NO):
                yield f"{endpoint}: {answer.status_code}, expected {expected}: {answer.text[:200]}"
            return
        for kind, letter in (*zip(KINDS, expected, strict=True), (FOREIGN, ABSENT)):
            held = self.foreign if kind == FOREIGN else self.company.of(self.role, kind)
            about, ours = own_call(endpoint, self._ids(held)), own_call(endpoint, self._ids(own))
            if letter == MAY_LETTER:
                yield from self._judged(about, held, letter, where=f"{endpoint} on {kind} row")
                continue
            for place in places:
                # One place at a time: elsewhere in the call stands what is the person's own.
                call = Call(endpoint, **{**_parts(ours), place: _parts(about)[place]})
                yield from self._judged(call, held, letter, where=f"{endpoint}, {place} of {kind} row")

    def _judged(self, call: Call, held: Held, letter: str, *, where: str) -> Iterator[str]:
        answer, changed = self._undone(call), self.changed
        told = f"{answer.status_code}: {answer.text[:200]}"
        if letter == MAY_LETTER:
            if answer.status_code >= 400 and answer.status_code != 409:
                yield f"{where}: expected to be let through: {told}"
            if call.endpoint.method == "GET":
                yield from self._overheard(call, answer)
            return
        if changed:
            yield f"{where}: changes {changed}"
        if letter == REFUSED:
            if answer.status_code != 403:
                yield f"{where}: expected 403: {told}"
            return
        if not _is_absent(answer):
            yield f"{where}: expected as if it were not there: {told}"
        nobodys = {table: [uuid.uuid4()] for table in held.ids}
        nowhere = self._undone(_replaced(call, held, nobodys))
        if _comparable(answer, held) != _comparable(nowhere, Held("", nobodys)):
            yield f"{where}: tells it from one that is not there: {told} / {nowhere.text[:200]}"

    # what reads tell

    def _shown(self, endpoint: Endpoint) -> Iterator[str]:
        expected = cell(endpoint, self.role)
        if _aims(endpoint, self.company):
            return
        told: set[str] = set()
        for call in self._reads(endpoint):
            answer = self._undone(call)
            yield from self._overheard(call, answer)
            told |= {name for name, _ in self._told(call, answer)}
        missing = {name for name in self.company.held if told and self._is_expected(expected, name)} - told
        if missing:
            yield f"{endpoint}: shows rows of {sorted(told)}, and none of {sorted(missing)}"

    def _overheard(self, call: Call, answer: TestResponse) -> Iterator[str]:
        """Yield what the answer tells of rows that are not to be seen."""
        expected = cell(call.endpoint, self.role)
        for name, secret in self._told(call, answer):
            if name == FOREIGN or not self._is_expected(expected, name):
                whose = name if name == FOREIGN else self.company.kind(name, self.role)
                yield f"{call.endpoint} {dict(call.query)}: tells {secret!r} of {whose} row ({name})"

    def _told(self, call: Call, answer: TestResponse) -> Iterator[tuple[str, str]]:
        """Yield whose rows the answer tells of, and by what; what was asked for is no secret."""
        content, asked = readable(answer), f"{dict(call.query)} {dict(call.path)}"
        for name, held in {**self.company.held, FOREIGN: self.foreign}.items():
            told = [each for each in held.secrets if each in content and each not in asked]
            if told:
                yield name, told[0]

    def _is_expected(self, expected: str, name: str) -> bool:
        return expected != MAY and expected[KINDS.index(self.company.kind(name, self.role))] != ABSENT

    def _silent(self, reads: Sequence[Endpoint]) -> Iterator[str]:
        """Compare what is answered with what is answered where the rows out of reach never were."""
        hidden = {
            name: held
            for name, held in self.company.held.items()
            if self._reach()[KINDS.index(self.company.kind(name, self.role))] == ABSENT
        }
        calls = [call for each in reads if not _is_own_matter(each) for call in self._reads(each)]
        before = [_comparable(self._undone(call)) for call in calls]
        savepoint = self.connection.begin_nested()
        for held in hidden.values():
            remove(self.connection, self.org_id, held)
        db.session.remove()
        after = [_comparable(self._undone(call)) for call in calls]
        savepoint.rollback()
        for call, with_them, without in zip(calls, before, after, strict=True):
            if with_them != without:
                how = _difference(with_them, without)
                yield f"{call.endpoint} {dict(call.query)}: depends on rows out of reach: {how}"

    def _reach(self) -> str:
        return str(getattr(EXPECTED["accounts.read"], str(self.role)))

    def _reads(self, endpoint: Endpoint) -> Iterator[Call]:
        """Yield the plain call and one with each parameter that might tell something."""
        ids = self._ids(self.company.of(self.role, KINDS[0]))
        base = own_call(endpoint, ids)
        stranger, own = self.company.held["stranger"], self.company.of(self.role, KINDS[0])
        fields = {} if endpoint.query is None else endpoint.query.model_fields
        plain = {name: value for name, value in base.query.items() if fields[name].is_required()}
        telling: dict[str, list[Any]] = {
            "q": [stranger.mark, own.mark],
            "total": ["true"],
            "limit": [1],
            "account_id": [str(stranger.ids["accounts"][0])],
            "bbox": [f"{LON - 1},{LAT - 1},{LON + 1},{LAT + 1}"],
            "part": list(get_args(fields["part"].annotation)) if "part" in fields else [],
            "cursor": [PULLED_AT - 1] if "cursor" in fields and fields["cursor"].annotation is int else [],
            "overdue": ["true"],
            "never_visited": ["true"],
        }
        queries: list[dict[str, Any]] = [plain]
        queries += [{**plain, name: value} for name in fields for value in telling.get(name, ())]
        for query in queries:
            for path in _paths(base):
                yield Call(endpoint, path, query)

    # sending

    def _ids(self, held: Held) -> dict[str, list[uuid.UUID]]:
        return dict(self.company.ids(held))

    def _undone(self, call: Call) -> TestResponse:
        """Send the call, note in ``changed`` which tables it would change, and take that back."""
        savepoint = self.connection.begin_nested()
        try:
            answer = send(self.client, call)
            self.changed = [] if call.endpoint.method == "GET" else self._changes()
            return answer
        finally:
            db.session.remove()
            savepoint.rollback()

    def _changes(self) -> list[str]:
        after = fingerprint(self.connection, self.org_id)
        return [table for table, checksum in self.before.items() if after.get(table) != checksum]


def _aims(endpoint: Endpoint, company: Company) -> list[str]:
    """Return where a call says which of the held rows it is about: path, query, body, or nowhere."""
    tables = {table.name for table in hanging_tables()}
    ids = dict(company.ids(company.held["pool"]))
    held = {row for table in tables for row in ids[table]}
    found = {
        "path": held & set(own_call(endpoint, ids).path.values()),
        "query": _needed(endpoint.query) & tables,
        "body": _needed(endpoint.body) & tables,
    }
    return [place for place, rows in found.items() if rows]


def _parts(call: Call) -> dict[str, Any]:
    return {"path": call.path, "query": call.query, "body": call.body}


def _needed(shape: type[BaseModel] | None) -> set[str]:
    """Return the tables to which the shape must refer."""
    fields = {} if shape is None else shape.model_fields
    return {table for name, table in references(shape) if fields[name].is_required()}


def _is_own_matter(endpoint: Endpoint) -> bool:
    """Return whether the endpoint is about the person, their devices or the organisation: not about reach."""
    return endpoint.policy.split(".")[0] in ("session", "imports", "devices")


def _paths(base: Call) -> Iterator[dict[str, Any]]:
    if {"z", "x", "y"} <= set(base.path):
        yield from ({**base.path, "z": z, "x": x, "y": y} for z, x, y in TILES)
    else:
        yield dict(base.path)


def _replaced(call: Call, held: Held, nobodys: dict[str, list[uuid.UUID]]) -> Call:
    """Return the call with ids that are nobody's for those of ``held``."""
    new_of = {str(row): str(nobodys[table][0]) for table, rows in held.ids.items() for row in rows}

    def swapped(value: Any) -> Any:
        text = json.dumps(value, default=str)
        for old, new in new_of.items():
            text = text.replace(old, new)
        return json.loads(text)

    path = {
        name: uuid.UUID(swapped(value)) if isinstance(value, uuid.UUID) else value
        for name, value in call.path.items()
    }
    return Call(call.endpoint, path, swapped(call.query), swapped(call.body), call.why)


def _is_absent(answer: TestResponse) -> bool:
    if answer.status_code == 404:
        return True
    problems = (answer.get_json(silent=True) or {}).get("errors", [])
    return answer.status_code == 422 and [each["code"] for each in problems] == ["unknown_reference"]


def _comparable(answer: TestResponse, about: Held | None = None) -> tuple[int, str]:
    content = _PASSING.sub("", readable(answer))
    for row in {row for rows in about.ids.values() for row in rows} if about is not None else ():
        content = content.replace(str(row), "")
    return answer.status_code, content


def _difference(one: tuple[int, str], other: tuple[int, str]) -> str:
    if one[0] != other[0]:
        return f"{one[0]} / {other[0]}"
    at = next((n for n, (a, b) in enumerate(zip(one[1], other[1], strict=False)) if a != b), 0)
    return f"...{one[1][max(0, at - 60) : at + 60]!r} / ...{other[1][max(0, at - 60) : at + 60]!r}"
