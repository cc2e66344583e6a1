"""Wire shapes of imports."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from fieldcrm.core.wire import Moment, Wire


class ProblemOut(Wire):
    """What is wrong with one field of a row, in the reader's language."""

    field: str
    code: str
    message: str


class ColumnOut(Wire):
    """A column of the file: its heading, some values, and what it probably is."""

    index: int
    header: str
    samples: list[str]
    field: str | None
    confidence: float


class FieldOut(Wire):
    """A field that a column can feed."""

    key: str
    label: str


class PreviewRow(Wire):
    """One of the first rows as it would come in."""

    row_no: int
    values: dict[str, str]
    problems: list[ProblemOut]


class CountsOut(Wire):
    """How many rows: each done one is created, updated, unchanged or refused; flagged count beside."""

    total: int = 0
    done: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    flagged: int = 0
    deleted: int = 0
    restored: int = 0
    kept: int = 0


class ImportOut(Wire):
    """Where an import stands."""

    id: UUID
    filename: str
    state: Literal["draft", "queued", "running", "done", "failed", "interrupted", "undone", "undoing"]
    is_dry_run: bool
    counts: CountsOut
    rows_per_s: float | None
    problem_counts: list[dict[str, Any]] = Field(default_factory=list)
    created_at: Moment
    created_by: UUID | None
    started_at: Moment | None
    finished_at: Moment | None
    message: str | None
    can_undo: bool


class DraftOut(ImportOut):
    """An import as the mapping screen shows it."""

    format: str
    encoding: str | None
    delimiter: str | None
    row_count_estimate: int
    header_row: int
    columns: list[ColumnOut]
    fields: list[FieldOut]
    mapping: dict[str, str]
    preview: list[PreviewRow]


class ImportPage(Wire):
    """Imports, newest first."""

    items: list[ImportOut]
    next_cursor: str | None = None


class MappingIn(Wire):
    """Column index -> field; null or left out: not imported."""

    mapping: dict[str, str | None]


class StartIn(Wire):
    """``dry_run`` gives the same result without writing."""

    dry_run: bool = False


class RowsQuery(Wire):
    """Which remembered rows to list."""

    state: Literal["refused", "flagged", "kept"] | None = None
    cursor: int | None = None
    limit: int = Field(default=50, ge=1, le=200)


class RowOut(Wire):
    """A row that was refused, pointed out, or kept by an undo (which may have no row number)."""

    row_no: int | None
    state: str
    problems: list[ProblemOut]
    values: dict[str, str]
    account_id: UUID | None


class RowPage(Wire):
    """One page of rows; ``fields`` names what their values and problems are about."""

    items: list[RowOut]
    fields: list[FieldOut]
    next_cursor: str | None


class RetryIn(Wire):
    """The row's values by field as corrected; fields left out stay as the file has them."""

    values: dict[str, str] = Field(max_length=400)
