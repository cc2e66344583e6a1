"""What is left after a history, judged by SQL: nothing promised lost, doubled, or overwritten unseen."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]


def judge(database_url: str, ledger: dict[str, Any]) -> dict[str, list[str]]:
    """Return {lost: [...], doubled: [...]}, each a sentence with the operation it is about.

    ``ledger`` is what the phones promised their users: {org_id, promised: [operation], kept: [op_id]} where
    ``kept`` are the operations still on a phone (waiting, refused, or put aside).
    """
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        state = _State(connection, int(ledger["org_id"]))
    kept = set(ledger["kept"])
    lost, doubled = [], []
    for operation in ledger["promised"]:
        if operation["op_id"] not in kept:
            lost += state.missing(operation)
        doubled += state.repeated(operation)
    lost += state.overwritten(ledger["promised"])
    return {"lost": lost, "doubled": doubled}


class _State:
    """Everything the organisation holds that a marker may be found in."""

    def __init__(self, connection: psycopg.Connection[Row], org_id: int) -> None:
        self._connection, self._org_id = connection, org_id
        self.receipts = {
            str(row["id"]): row for row in self._rows("select id, type from sync_receipts where org_id = %s")
        }
        self.activities = self._rows("select id, note from activities where org_id = %s")
        self.amendments = self._rows(
            "select activity_id, previous::text from activity_amendments where org_id = %s"
        )
        self.tasks = self._rows("select id, title from tasks where org_id = %s")
        self.contacts = self._rows("select id, name from contacts where org_id = %s")
        self.accounts = self._rows("select id, name from accounts where org_id = %s")
        self.attachments = self._rows("select id, name from attachments where org_id = %s")
        self.audit = self._rows(
            "select id, entity, entity_id, actor_id, changes from audit_log where org_id = %s order by at, id"
        )
        self.conflicts = self._rows(
            "select entity_id, field, current_value, other_value, settled_at from conflicts where org_id = %s"
        )
        self._audit_text = [json.dumps(row["changes"], ensure_ascii=False) for row in self.audit]
        self._conflict_text = [json.dumps(row, ensure_ascii=False, default=str) for row in self.conflicts]

    def missing(self, operation: Row) -> list[str]:
        """Say what of a promised operation the server does not hold."""
        what = f"{operation['type']} {operation['op_id']} of {operation['phone']}"
        found = self.receipts.get(operation["op_id"])
        if found is None:
            return [f"{what}: no receipt, and no longer on the phone"]
        if found["type"] != operation["type"]:
            return [f"{what}: the receipt is of {found['type']}"]
        marker = operation.get("marker")
        if marker and not self._is_known(marker):
            return [f"{what}: receipt, but {marker} is nowhere"]
        return []

    def repeated(self, operation: Row) -> list[str]:
        """Say where a promised operation took effect more than once."""
        marker = operation.get("marker")
        column = {
            "activity.log": "note",
            "task.create": "title",
            "contact.create": "name",
            "account.create": "name",
        }
        if not marker or operation["type"] not in column:
            return []
        name = column[operation["type"]]
        table = {"note": self.activities, "title": self.tasks}.get(
            name, self.contacts if operation["type"] == "contact.create" else self.accounts
        )
        count = sum(1 for row in table if marker in (row[name] or ""))
        words = f"{operation['type']} {operation['op_id']}: {marker} is there {count} times"
        more = [words] if count > 1 else []
        follow_up = operation.get("follow_up")
        if follow_up:
            tasks = sum(1 for row in self.tasks if row["title"] == follow_up)
            if tasks > 1:
                more.append(
                    f"{operation['type']} {operation['op_id']}: its next action is there {tasks} times"
                )
        return more

    def overwritten(self, promised: list[Row]) -> list[str]:
        """Say which value gave way to one recorded without knowledge of it, and is in no conflict."""
        by_value = {json.dumps(op["value"]): op for op in promised if op.get("value") is not None}
        said: list[str] = []
        versions: dict[tuple[str, str], tuple[str, int]] = {}
        for entry in self.audit:
            changes, entity_id = entry["changes"], str(entry["entity_id"])
            version = (changes.get("version") or [0, 0])[1] or 0
            for field, (_old, new) in changes.items():
                key = (entity_id, field)
                writer = by_value.get(json.dumps(new))
                former = versions.get(key)
                versions[key] = (json.dumps(new), version)
                if writer is None or former is None or writer.get("base_version") is None:
                    continue
                set_by = by_value.get(former[0])
                if (
                    set_by is None
                    or set_by["device"] == writer["device"]
                    or former[1] <= writer["base_version"]
                ):
                    continue
                if not self._is_conflict(field, json.loads(former[0])):
                    by = f"overwritten unseen by {writer['op_id']} ({field})"
                    said.append(f"{former[0]} of {set_by['op_id']} was {by}")
        return said

    def _is_conflict(self, field: str, value: Any) -> bool:
        return any(
            row["field"] == field and value in (row["current_value"], row["other_value"])
            for row in self.conflicts
        )

    def _is_known(self, marker: str) -> bool:
        tables = (
            (self.activities, "note"), (self.amendments, "previous"), (self.tasks, "title"),
            (self.contacts, "name"), (self.accounts, "name"), (self.attachments, "name"),
        )  # fmt: skip
        if any(marker in (row[name] or "") for table, name in tables for row in table):
            return True
        return any(marker in text for text in (*self._audit_text, *self._conflict_text))

    def _rows(self, query: str) -> list[Row]:
        return self._connection.execute(query, (self._org_id,)).fetchall()
