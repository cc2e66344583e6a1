"""Tables of imports."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.db import TenantModel


class Import(TenantModel):
    """One file being brought in: where it stands and how to take it back.

    ``columns`` is what the screen shows of each column; ``header_row`` the index of the row of
    headings (-1 without). ``next_row`` is the index of the first row not yet done: it moves in the
    transaction that writes the rows, so that an interrupted import goes on exactly there.
    """

    __tablename__ = "imports"
    __audited__ = False
    __table_args__ = (Index("imports_created_ix", "org_id", "created_at"),)

    filename: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    encoding: Mapped[str | None] = mapped_column(Text)
    delimiter: Mapped[str | None] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    content_hash: Mapped[str] = mapped_column(Text)
    header_row: Mapped[int] = mapped_column(Integer, default=0)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[str] = mapped_column(Text, default="draft")
    is_dry_run: Mapped[bool] = mapped_column(Boolean, default=False)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    next_row: Mapped[int] = mapped_column(Integer, default=0)
    message: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ImportPart(TenantModel):
    """A piece of the file, number ``no`` from 0: no reader needs to hold the whole."""

    __tablename__ = "import_parts"
    __audited__ = False
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "import_id"], ["imports.org_id", "imports.id"]),
        UniqueConstraint("org_id", "import_id", "no"),
    )

    import_id: Mapped[uuid.UUID]
    no: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(TenantModel):
    """A row worth remembering: refused, flagged, or updated (with what it replaced, for undo)."""

    __tablename__ = "import_rows"
    __audited__ = False
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "import_id"], ["imports.org_id", "imports.id"]),
        Index("import_rows_import_ix", "org_id", "import_id", "row_no"),
    )

    import_id: Mapped[uuid.UUID]
    row_no: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    previous: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    account_id: Mapped[uuid.UUID | None]


class ImportMapping(TenantModel):
    """The mapping last used for files with the same header, so that it need not be made again."""

    __tablename__ = "import_mappings"
    __audited__ = False
    __table_args__ = (UniqueConstraint("org_id", "header_hash"),)

    header_hash: Mapped[str] = mapped_column(Text)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    used_at: Mapped[datetime] = mapped_column(default=clock.now)
