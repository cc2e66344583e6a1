"""Wire shapes of conflicts."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from fieldcrm.core.paging import PageQuery
from fieldcrm.core.wire import Moment, Wire


class ConflictQuery(PageQuery):
    """Which conflicts: of one account or of all, waiting or settled."""

    account_id: uuid.UUID | None = None
    settled: bool = False


class ConflictOut(Wire):
    """Two values of one field: ``current`` stands, ``other`` is kept; who set each and when.

    ``entity`` is account, contact, task, activity, or appointment (one person's alone: on no account);
    ``choice`` (current or other) once it is settled.
    """

    id: uuid.UUID
    entity: str
    entity_id: uuid.UUID
    account_id: uuid.UUID | None
    field: str
    current_value: Any
    current_by: uuid.UUID | None
    current_at: Moment
    other_value: Any
    other_by: uuid.UUID | None
    other_at: Moment
    settled_at: Moment | None
    settled_by: uuid.UUID | None
    choice: str | None
    version: int
    change_seq: int


class ConflictPage(Wire):
    """One page of conflicts, newest first."""

    items: list[ConflictOut]
    next_cursor: str | None


class Choice(Wire):
    """Which of the two values stands; ``seen_version`` is of the row as the person saw it while choosing."""

    choice: Literal["current", "other"]
    seen_version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
