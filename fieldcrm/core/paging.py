"""Pages of lists: newest first by a moment, or in the order of a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from fieldcrm.core.clock import iso, parse_iso
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.ids import parse_id
from fieldcrm.core.wire import Wire, is_usable

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
    rows, last = _cut(session, found.order_by(at.desc(), row_id.desc()), page)
    if last is None:
        return rows, None
    return rows, encode_cursor([iso(getattr(last, at.key)), str(getattr(last, row_id.key))])


def earliest_first(
    session: Session, found: Select[Any], page: PageQuery, *, at: Any, row_id: Any
) -> tuple[Sequence[Any], str | None]:
    """Return one page of ``found`` (rows or objects) by ``at`` and ``row_id``, and the mark of the next."""
    if page.cursor:
        moment, last_id = _moment_and_id(page.cursor)
        found = found.where(or_(at > moment, and_(at == moment, row_id > last_id)))
    rows, last = _cut(session, found.order_by(at, row_id), page)
    if last is None:
        return rows, None
    return rows, encode_cursor([iso(getattr(last, at.key)), str(getattr(last, row_id.key))])


def by_name(
    session: Session, found: Select[Any], page: PageQuery, *, name: Any, row_id: Any
) -> tuple[Sequence[Any], str | None]:
    """Return one page of ``found`` in the order of ``name``, ties by ``row_id``, and the mark of the next."""
    if page.cursor:
        found = found.where(_after(page.cursor, name=name, row_id=row_id))
    rows, last = _cut(session, found.order_by(name, row_id), page)
    if last is None:
        return rows, None
    return rows, encode_cursor([getattr(last, name.key), str(getattr(last, row_id.key))])


def _cut(session: Session, ordered: Select[Any], page: PageQuery) -> tuple[Sequence[Any], Any]:
    """Return the rows of the page, and its last one where more follow."""
    result = session.execute(ordered.limit(page.limit + 1))
    rows: Sequence[Any] = result.scalars().all() if len(result.keys()) == 1 else result.all()
    return rows[: page.limit], rows[page.limit - 1] if len(rows) > page.limit else None


def _before(cursor: str, *, at: Any, row_id: Any) -> ColumnElement[bool]:
    moment, last_id = _moment_and_id(cursor)
    return or_(at < moment, and_(at == moment, row_id < last_id))


def _moment_and_id(cursor: str) -> tuple[datetime, UUID]:
    moment_text, id_text = decode_cursor(cursor, length=2)
    moment, last_id = parse_iso(moment_text), parse_id(id_text)
    if moment is None or last_id is None:
        raise bad_cursor()
    return moment, last_id


def _after(cursor: str, *, name: Any, row_id: Any) -> ColumnElement[bool]:
    last_name, id_text = decode_cursor(cursor, length=2)
    last_id = parse_id(id_text)
    if not isinstance(last_name, str) or not is_usable(last_name) or last_id is None:
        raise bad_cursor()
    return or_(name > last_name, and_(name == last_name, row_id > last_id))
