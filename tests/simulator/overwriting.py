"""Whether a value gave way to one whose author knew nothing of it, and no conflict shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

TELLING = ("conflict", "settle")
"""That two values met, and which was chosen, is told in the history as well: nothing is written by it."""


def overwritten(audit: Sequence[Row], conflicts: Sequence[Row], promised: Sequence[Row]) -> list[str]:
    """Return a sentence for each such value; ``audit`` is the organisation's, oldest first."""
    by_value = {json.dumps(op["value"]): op for op in promised if op.get("value") is not None}
    choices = _Choices(audit, conflicts, promised)
    said: list[str] = []
    versions: dict[tuple[str, str], tuple[str, int]] = {}
    for entry in audit:
        if entry["action"] in TELLING:
            continue
        changes, entity_id = entry["changes"], str(entry["entity_id"])
        version = (changes.get("version") or [0, 0])[1] or 0
        for field, (_old, new) in changes.items():
            former = versions.get((entity_id, field))
            versions[entity_id, field] = (json.dumps(new), version)
            writer = choices.of(entry, field) if choices.has(entry) else by_value.get(json.dumps(new))
            set_by = None if former is None else by_value.get(former[0])
            if former is None or set_by is None or writer is None or _knew(writer, set_by, former[1]):
                continue
            if not _is_conflict(conflicts, field, json.loads(former[0])):
                by = f"overwritten unseen by {writer['op_id']} ({field})"
                said.append(f"{former[0]} of {set_by['op_id']} was {by}")
    return said


def _knew(writer: Row, set_by: Row, version: int) -> bool:
    """Return whether the writer's phone had the value: it was set there, or had come before."""
    seen = writer["base_version"] if writer["seen_version"] is None else writer["seen_version"]
    return seen is None or set_by["device"] == writer["device"] or version <= seen


class _Choices:
    """Writes that come of a person's choice between two values: theirs, not of who wrote the value first."""

    def __init__(self, audit: Sequence[Row], conflicts: Sequence[Row], promised: Sequence[Row]) -> None:
        self._moments = {_moment(entry) for entry in audit if entry["action"] == "settle"}
        about = {str(row["id"]): (str(row["entity_id"]), row["field"]) for row in conflicts}
        self._by_field: dict[tuple[str, str, str], Row] = {}
        for op in promised:
            if op["type"] == "conflict.settle" and op["entity_id"] in about:
                key = (op["device"], *about[op["entity_id"]])
                known = self._by_field.get(key)
                if known is None or known["seen_version"] < op["seen_version"]:
                    self._by_field[key] = op

    def has(self, entry: Row) -> bool:
        return _moment(entry) in self._moments

    def of(self, entry: Row, field: str) -> Row | None:
        """Return the choice; None for one that its phone never confirmed."""
        return self._by_field.get((str(entry["device_id"]), str(entry["entity_id"]), field))


def _moment(entry: Row) -> tuple[Any, ...]:
    return entry["entity_id"], entry["device_id"], entry["recorded_at"]


def _is_conflict(conflicts: Sequence[Row], field: str, value: Any) -> bool:
    return any(
        row["field"] == field and value in (row["current_value"], row["other_value"]) for row in conflicts
    )
