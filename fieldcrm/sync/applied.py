"""What came of an operation, as its handlers tell it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import Tracked
from fieldcrm.core.messages import say

Note = dict[str, Any]


@dataclass(slots=True)
class Applied:
    """The row an operation is about (None when it is gone), and what to tell its author."""

    row: Tracked | None
    notes: list[Note] = field(default_factory=list)
    conflict_ids: list[uuid.UUID] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Return applied, merged or conflict."""
        if self.conflict_ids:
            return "conflict"
        return "merged" if any(note["code"] in _MERGING for note in self.notes) else "applied"


_MERGING = frozenset({"followed_merge", "revived", "other_fields_changed", "changed_since", "settled_since"})


def note(actor: Actor, code: str, /, **params: Any) -> Note:
    """Return something to tell the author, in their language."""
    return {"code": code, **params, "message": say(code, actor.locale, **params)}
