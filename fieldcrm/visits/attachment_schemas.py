"""Wire shapes of attachments."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field

from fieldcrm.core.paging import PageQuery
from fieldcrm.core.wire import Moment, Wire

Kind = Literal["photo", "sketch", "voice", "file"]
Pixels = Annotated[int, Field(ge=1, le=100_000)]


class AttachmentDraft(Wire):
    """What a phone says of a file before its bytes come; ``sha256`` in lower-case hexadecimal."""

    id: uuid.UUID | None = None
    account_id: uuid.UUID
    activity_id: uuid.UUID | None = None
    kind: Kind
    name: Annotated[str, Field(max_length=1000)] = ""
    media_type: Annotated[str, Field(max_length=100)]
    size_bytes: Annotated[int, Field(ge=1, le=2**40)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    width: Pixels | None = None
    height: Pixels | None = None
    duration_s: Annotated[float, Field(ge=0, le=86_400)] | None = None


class AttachmentOut(Wire):
    """An attachment as timelines and phones receive it; its bytes are there once ``stored_at`` is set."""

    id: uuid.UUID
    account_id: uuid.UUID
    activity_id: uuid.UUID | None
    kind: Kind
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration_s: float | None
    received_bytes: int
    stored_at: Moment | None
    created_at: Moment
    created_by: uuid.UUID | None
    version: int
    change_seq: int


class AttachmentList(Wire):
    """The attachments of an account, newest first."""

    items: list[AttachmentOut]
    next_cursor: str | None = None


class AttachmentQuery(PageQuery):
    """Whose attachments, and which page."""

    account_id: uuid.UUID


class PartQuery(Wire):
    """Where in the file a part begins."""

    offset: Annotated[int, Field(ge=0, le=2**40)] = 0


class Progress(Wire):
    """How much of a file has arrived; whole when ``stored_at`` is set."""

    received_bytes: int
    stored_at: Moment | None
