"""Wire shapes of what phones send: a batch of operations, and what became of each."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from fieldcrm.core.wire import Moment, Wire

MAX_OPERATIONS = 500
Status = Literal["applied", "duplicate", "merged", "conflict", "refused", "blocked"]


class Operation(Wire):
    """One thing a person did; ``op_id`` and ``entity_id`` were minted on the phone.

    ``device_id`` tells where it was recorded when another device sends it: what was done there meanwhile
    was not known to the person.

    Members this server does not know are passed over: phones may be newer.
    """

    model_config = ConfigDict(extra="ignore")

    op_id: uuid.UUID
    type: Annotated[str, Field(max_length=40)]
    entity_id: uuid.UUID
    account_id: uuid.UUID | None = None
    device_id: uuid.UUID | None = None
    base_version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    body: dict[str, Any] = Field(default_factory=dict)
    recorded_at: Moment
    seq: Annotated[int, Field(ge=0, le=2**53)] | None = None


Unread = Annotated[Any, WithJsonSchema(Operation.model_json_schema())]
"""An operation as it came: read later, and documented as what it should be."""


class Push(BaseModel):
    """What a phone recorded, oldest first; ``sent_at`` is its clock now.

    Operations are read one by one later: a bad one is refused alone.
    """

    model_config = ConfigDict(extra="forbid")

    device_id: uuid.UUID
    sent_at: Moment
    operations: Annotated[list[Unread], Field(max_length=MAX_OPERATIONS)]


class Nothing(Wire):
    """The body of an operation that needs none."""

    model_config = ConfigDict(extra="ignore")


class SyncedRow(Wire):
    """A row as it now is, and the phone's store it belongs to."""

    store: str
    value: dict[str, Any]


class Result(Wire):
    """What became of an operation; ``notes`` carry a code, its parameters and a message."""

    op_id: uuid.UUID | None
    status: Status
    row: SyncedRow | None
    rows: list[SyncedRow]
    notes: list[dict[str, Any]]
    conflict_ids: list[uuid.UUID]
    problem: dict[str, Any] | None
    received_at: Moment


class PushAnswer(Wire):
    """One result an operation, in the order sent; ``clock`` is the organisation's change clock."""

    results: list[Result]
    clock: int
