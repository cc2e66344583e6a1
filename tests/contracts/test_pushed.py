"""What phones send reaches no further than what browsers send: every operation, role and kind of row.

The same table of expectations as for the endpoints. What is out of reach is answered like what is not there,
and changes nothing.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import Connection

from fieldcrm.core import clock
from fieldcrm.core.actor import Role
from fieldcrm.core.db import db
from fieldcrm.core.ids import new_id
from fieldcrm.sync.dispatch import OPERATIONS
from tests.contracts.calls import sample_of
from tests.contracts.expectations import EXPECTED, MAY, NO
from tests.contracts.kinds import KINDS, Company, Held, make_company
from tests.contracts.matrix import ABSENT, FOREIGN, MAY_LETTER
from tests.contracts.rows import World, fingerprint, make_world
from tests.fixtures.people import signed_in_client

TABLES = {
    "appointment": "appointments",
    "account": "accounts",
    "activity": "activities",
    "attachment": "attachments",
    "conflict": "conflicts",
    "contact": "contacts",
    "task": "tasks",
}
MAKES = frozenset({"create", "log", "add"})
RECEIPTS = frozenset({"sync_receipts", "organisations"})
"""What is written down of every operation: that it came."""
DONE = frozenset({"applied", "merged", "conflict"})
_PASSING = re.compile(r'"(op_id|received_at|clock)":\s*("[^"]*"|\d+|null)')


class Phone:
    """Sends single operations as one role."""

    def __init__(self, app: Flask, connection: Connection, company: Company, role: Role) -> None:
        self.connection, self.company, self.role = connection, company, role
        self.client = signed_in_client(app, company.people[role])
        self.org_id = company.world.org.org_id
        self.before = fingerprint(connection, self.org_id)

    def faults(self, foreign: World) -> Iterator[str]:
        """Yield what is not as expected."""
        others = Held(foreign.mark, dict(foreign.ids))
        for name, operation in OPERATIONS.items():
            room, act = name.split(".")
            expected = str(getattr(EXPECTED[operation.policy], str(self.role)))
            if room == "account" and act in MAKES:
                continue  # it is about no row that is there
            if expected == MAY:
                expected = str(getattr(EXPECTED["accounts.read"], str(self.role)))
            letters = "nnnn" if expected == NO else expected
            for kind, letter in (*zip(KINDS, letters, strict=True), (FOREIGN, ABSENT)):
                if kind == FOREIGN and expected == NO:
                    continue  # refused before it is looked for
                held = others if kind == FOREIGN else self.company.of(self.role, kind)
                yield from (
                    f"{self.role}: {name} of {kind} row: {each}" for each in self._judged(name, held, letter)
                )

    def _judged(self, name: str, held: Held, letter: str) -> Iterator[str]:
        result, changed = self._send(name, held.ids)
        told = json.dumps(result, ensure_ascii=False)[:300]
        if letter == MAY_LETTER:
            if result["status"] not in DONE:
                yield f"expected to be done: {told}"
            return
        if changed:
            yield f"changes {changed}"
        if letter == ABSENT:
            nobodys = {table: [uuid.uuid4()] for table in held.ids}
            nowhere, _ = self._send(name, nobodys)
            if _comparable(result, held.ids) != _comparable(nowhere, nobodys):
                yield f"tells it from one that is not there: {told} / {nowhere}"
        elif result["status"] != "refused" or result["problem"]["status"] != 403:
            yield f"expected 403: {told}"

    def _send(self, name: str, rows: dict[str, list[uuid.UUID]]) -> tuple[dict[str, Any], list[str]]:
        room, act = name.split(".")
        ids = {**self.company.world.ids, **rows}
        is_new = act in MAKES
        operation = {
            "op_id": str(new_id()),
            "type": name,
            "entity_id": str(new_id() if is_new else rows[TABLES[room]][0]),
            "account_id": str(rows["accounts"][0]),
            "body": sample_of(OPERATIONS[name].shape, ids),
            "recorded_at": clock.iso(clock.now()),
            "seq": 1,
        }
        push = {"device_id": str(new_id()), "sent_at": clock.iso(clock.now()), "operations": [operation]}
        savepoint = self.connection.begin_nested()
        try:
            answer = self.client.post("/api/sync/push", json=push)
            assert answer.status_code == 200, answer.text
            after = fingerprint(self.connection, self.org_id)
            changed = [table for table in self.before if after.get(table) != self.before[table]]
            return answer.json["results"][0], [table for table in changed if table not in RECEIPTS]
        finally:
            db.session.remove()
            savepoint.rollback()


def _comparable(result: dict[str, Any], rows: dict[str, list[uuid.UUID]]) -> str:
    text = _PASSING.sub("", json.dumps(result, ensure_ascii=False))
    for row in {row for each in rows.values() for row in each}:
        text = text.replace(str(row), "")
    return text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_by_push_what_the_table_says(
    app: Flask, connection: Connection, role: Role
) -> None:
    company, foreign = make_company(connection, "甲社"), make_world(connection, "よその秘密")
    faults = list(Phone(app, connection, company, role).faults(foreign))
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
