"""What is left after a history, judged by SQL: nothing promised lost, doubled, or overwritten unseen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.simulator import bytes as files
from tests.simulator.overwriting import overwritten

Row = dict[str, Any]


def judge(database_url: str, storage: Path, ledger: dict[str, Any]) -> dict[str, list[str]]:
    """Return {lost: [...], doubled: [...]}, each a sentence with the operation it is about.

    ``ledger`` is what the phones promised their users: {org_id, promised: [operation], kept: [op_id],
    files: [id:sha256], emptied: [...], withdrawn: [...]}. ``kept`` are the operations still on a phone
    (waiting, refused, or put aside), ``files`` the bytes; ``emptied`` are phones that were wiped, with what
    was on them in that moment; ``withdrawn`` are attachments that people removed
    and the server has not heard so, or does not allow it.
    """
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        state = _State(connection, int(ledger["org_id"]))
    stored = files.StoredFiles(storage, int(ledger["org_id"]))
    kept, on_phones = set(ledger["kept"]), set(ledger["files"])
    # What nobody could send went with the phone: the administrator wanted it so, and was told how much.
    gone = {each for emptied in ledger["emptied"] for each in emptied["stuck"]}
    unwanted = gone | set(ledger["withdrawn"])
    lost, doubled = state.untold(ledger["emptied"]), files.doubled(stored)
    for operation in ledger["promised"]:
        doubled += state.repeated(operation)
        entity_id = operation["entity_id"]
        is_file = bool(operation["sha256"]) and entity_id not in unwanted
        if operation["op_id"] in kept:
            lost += files.missing_here(operation, on_phones) if is_file else []
        elif operation["op_id"] not in unwanted and entity_id not in ledger["withdrawn"]:
            lost += state.missing(operation)
            if is_file and operation["op_id"] in state.receipts:
                row = state.attachments.get(entity_id)
                lost += files.missing(operation, row, stored=stored, on_phones=on_phones)
    lost += overwritten(state.audit, state.conflicts, ledger["promised"])
    stored.discard()
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
        self.appointments = self._rows("select id, title from appointments where org_id = %s")
        self.contacts = self._rows("select id, name from contacts where org_id = %s")
        self.accounts = self._rows("select id, name from accounts where org_id = %s")
        self.attachments = {
            str(row["id"]): row
            for row in self._rows(
                "select id, name, sha256, stored_at, deleted_at from attachments where org_id = %s"
            )
        }
        self.audit = self._rows(
            "select action, entity_id, device_id, recorded_at, changes from audit_log"
            " where org_id = %s order by at, id"
        )
        self.conflicts = self._rows(
            "select id, entity_id, field, current_value, other_value from conflicts where org_id = %s"
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
            "appointment.create": "title",
            "contact.create": "name",
            "account.create": "name",
            "attachment.add": "name",
        }
        if not marker or operation["type"] not in column:
            return []
        name = column[operation["type"]]
        table: Iterable[Row] = {
            "activity.log": self.activities,
            "task.create": self.tasks,
            "appointment.create": self.appointments,
            "contact.create": self.contacts,
            "account.create": self.accounts,
            "attachment.add": self.attachments.values(),
        }[operation["type"]]
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

    def untold(self, emptied: list[Row]) -> list[str]:
        """Say which phone was emptied with more on it than it told, where its last word got through."""
        told = {
            str(entry["entity_id"]): entry["changes"]["unsent"][1]
            for entry in self.audit
            if entry["action"] == "wiped"
        }
        said = []
        for phone in emptied:
            gone = [op_id for op_id in phone["kept"] if op_id not in self.receipts]
            if told.get(phone["device"], len(gone)) < len(gone):
                words = f"it said {told[phone['device']]} of {len(gone)} operations"
                said.append(f"phone {phone['device']} was emptied: {words}")
        return said

    def _is_known(self, marker: str) -> bool:
        tables = (
            (self.activities, "note"), (self.amendments, "previous"), (self.tasks, "title"),
            (self.appointments, "title"),
            (self.contacts, "name"), (self.accounts, "name"), (self.attachments.values(), "name"),
        )  # fmt: skip
        if any(marker in (row[name] or "") for table, name in tables for row in table):
            return True
        return any(marker in text for text in (*self._audit_text, *self._conflict_text))

    def _rows(self, query: str) -> list[Row]:
        return self._connection.execute(query, (self._org_id,)).fetchall()
