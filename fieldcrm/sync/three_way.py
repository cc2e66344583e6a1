"""The three-way merge, field by field: what I said, what others said meanwhile, what stands. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Touch:
    """Who last set a field, and when they recorded it."""

    by: uuid.UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """Two values of one field; ``is_mine_later`` decides which stands until a person chooses."""

    field: str
    mine: Any
    theirs: Any
    touch: Touch
    is_mine_later: bool


@dataclass(frozen=True, slots=True)
class Merge:
    """What comes of a change: the fields to leave as they are, the clashes, what else others set."""

    held: frozenset[str] = frozenset()
    clashes: tuple[Clash, ...] = ()
    others: tuple[str, ...] = ()


def merge(
    mine: Mapping[str, Any],
    current: Mapping[str, Any],
    *,
    touched: Mapping[str, Touch],
    recorded_at: datetime,
) -> Merge:
    """Return how a change of ``mine`` goes together with what others ``touched`` since its base.

    Different fields both win; the same value is no difference; of two values the later recorded one
    stands, and at the same moment the one that arrived first.
    """
    held: set[str] = set()
    clashes: list[Clash] = []
    for name, value in mine.items():
        touch = touched.get(name)
        if touch is None:
            continue
        if value == current.get(name):
            held.add(name)
            continue
        is_later = recorded_at > touch.at
        clashes.append(Clash(name, value, current.get(name), touch, is_later))
        if not is_later:
            held.add(name)
    return Merge(frozenset(held), tuple(clashes), tuple(sorted(touched.keys() - mine.keys())))


@dataclass(slots=True)
class Touches:
    """Collects, oldest first, which fields others set."""

    found: dict[str, Touch] = field(default_factory=dict)

    def add(self, changes: Mapping[str, list[Any]], touch: Touch) -> None:
        """Note every field of one change; a dictionary (custom fields) counts key by key."""
        for name, (old, new) in changes.items():
            if name == "custom":
                before, after = old or {}, new or {}
                for key in before.keys() | after.keys():
                    if before.get(key) != after.get(key):
                        self.found[f"custom.{key}"] = touch
            else:
                self.found[name] = touch
