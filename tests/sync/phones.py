"""A phone of the tests: it records operations and pushes them."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from fieldcrm.core import clock
from fieldcrm.core.ids import new_id
from tests.fixtures.people import FieldClient, Person


class Phone:
    """One device of one person; ``do`` makes an operation, ``push`` sends some and returns the results."""

    def __init__(self, client: FieldClient, person: Person) -> None:
        self.client, self.person = client, person
        self.device_id = new_id()
        self.seq = 0

    def do(self, type_: str, entity_id: Any = None, **members: Any) -> dict[str, Any]:
        self.seq += 1
        operation = {
            "op_id": str(new_id()),
            "type": type_,
            "entity_id": str(entity_id or new_id()),
            "account_id": None,
            "base_version": None,
            "body": {},
            "recorded_at": clock.iso(clock.now()),
            "seq": self.seq,
        }
        told = {
            name: str(value) if isinstance(value, uuid.UUID) else value for name, value in members.items()
        }
        return operation | told

    def visit(self, account_id: Any, *, body: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
        occurred = {"occurred_at": clock.iso(clock.now())}
        said = {"account_id": str(account_id), "channel": "visit", **occurred, **(body or {})}
        return self.do("activity.log", account_id=str(account_id), body=said, **members)

    def send(self, *operations: Any, sent_at: datetime | None = None) -> Any:
        body = {
            "device_id": str(self.device_id),
            "sent_at": clock.iso(sent_at or clock.now()),
            "operations": list(operations),
        }
        # By the standard library: phones can send what our own writer refuses.
        return self.client.post("/api/sync/push", data=json.dumps(body), content_type="application/json")

    def push(self, *operations: Any, sent_at: datetime | None = None) -> list[dict[str, Any]]:
        answer = self.send(*operations, sent_at=sent_at)
        assert answer.status_code == 200, answer.text
        return answer.json["results"]

    def one(self, operation: Any, **options: Any) -> dict[str, Any]:
        return self.push(operation, **options)[0]
