"""Wire shapes of the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from fieldcrm.auditlog import words
from fieldcrm.core.paging import PageQuery
from fieldcrm.core.wire import Moment, Wire


def _known(table: Mapping[str, words.Pair], value: str) -> str:
    if value not in table:
        raise PydanticCustomError("not_a_choice", "unknown")
    return value


AuditAction = Annotated[
    str,
    AfterValidator(partial(_known, words.ACTIONS)),
    WithJsonSchema({"type": "string", "enum": list(words.ACTIONS)}),
]
AuditKind = Annotated[
    str,
    AfterValidator(partial(_known, words.KINDS)),
    WithJsonSchema({"type": "string", "enum": list(words.KINDS)}),
]


class AuditChoice(Wire):
    """A value of a filter and what it is called."""

    value: str
    text: str


class AuditChoices(Wire):
    """The actions and kinds of things that there are, in the reader's language."""

    actions: list[AuditChoice]
    kinds: list[AuditChoice]


class AuditFilter(Wire):
    """Which entries: all conditions hold; days are the organisation's, both included."""

    user: uuid.UUID | None = None
    action: AuditAction | None = None
    entity: AuditKind | None = None
    since: date | None = None
    until: date | None = None
    q: Annotated[str, Field(max_length=100)] | None = None


class AuditQuery(AuditFilter, PageQuery):
    """Which entries, and which page."""


class AuditChange(Wire):
    """One field in words; null where there was or is nothing."""

    field: str
    label: str
    before: str | None
    after: str | None


class AuditEntryOut(Wire):
    """Who did what to what. ``recorded_at`` is the device's time of work done offline."""

    id: uuid.UUID
    at: Moment
    recorded_at: Moment | None
    by: uuid.UUID | None
    by_name: str
    action: str
    action_name: str
    entity: str
    entity_name: str
    subject: str | None
    account_id: uuid.UUID | None
    account_name: str | None
    changes: list[AuditChange]


class AuditPage(Wire):
    """Entries, newest first. ``searched_to``: how far back was looked where the page is not full."""

    items: list[AuditEntryOut]
    next_cursor: str | None
    searched_to: Moment | None
