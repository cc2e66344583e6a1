"""Pages of lists that are ordered by a moment, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from fieldcrm.core.clock import iso, parse_iso
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.ids import parse_id
from fieldcrm.core.wire import Wire

Limit = Annotated[int, Field(ge=1, le=200)]


class PageQuery(Wire):
    """Which page."""

    cursor: str | None = None
    limit: Limit = 50


def newest_first(
    session: Session, found: Select[Any], page: PageQuery, *, at: Any, row_id: Any
) -> tuple[Sequence[Any], str | None]:
    """Return one page of ``found`` (rows or objects) by ``at`` and ``row_id``, and the mark of the next.

    Both columns are attributes of what is found.
    """
    if page.cursor:
        found = found.where(_before(page.cursor, at=at, row_id=row_id))
    ordered = found.order_by(at.desc(), row_id.desc()).limit(page.limit + 1)
    result = session.execute(ordered)
    rows: Sequence[Any] = result.scalars().all() if len(result.keys()) == 1 else result.all()
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], encode_cursor([iso(getattr(last, at.key)), str(getattr(last, row_id.key))])


def _before(cursor: str, *, at: Any, row_id: Any) -> ColumnElement[bool]:
    moment_text, id_text = decode_cursor(cursor, length=2)
    moment, last_id = parse_iso(moment_text), parse_id(id_text)
    if moment is None or last_id is None:
        raise bad_cursor()
    return or_(at < moment, and_(at == moment, row_id < last_id))
