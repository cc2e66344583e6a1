"""Reads of imports and of the rows they remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import NotFound
from fieldcrm.core.paging import PageQuery, newest_first
from fieldcrm.imports.models import Import, ImportMapping, ImportRow
from fieldcrm.imports.rules import MAX_ROWS, STALE_AFTER_S, RowState, State

BEFORE_ALL = -MAX_ROWS - 1


def get_import(session: Session, actor: Actor, import_id: UUID, *, is_locking: bool = False) -> Import:
    """Return an import of the organisation, or raise NotFound."""
    query = select(Import).where(Import.org_id == actor.org_id, Import.id == import_id)
    if is_locking:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound()
    return found


def list_imports(session: Session, actor: Actor, page: PageQuery) -> tuple[Sequence[Import], str | None]:
    """Return a page of imports, newest first, without those that were only looked at."""
    query = select(Import).where(Import.org_id == actor.org_id, Import.state != State.DRAFT.value)
    return newest_first(session, query, page, at=Import.created_at, row_id=Import.id)


def find_interrupted(session: Session, actor: Actor, content_hash: str, *, before: datetime) -> UUID | None:
    """Return an import of the same file that stopped giving signs of life, or None."""
    query = select(Import.id).where(
        Import.org_id == actor.org_id,
        Import.content_hash == content_hash,
        Import.state.in_([State.RUNNING.value, State.INTERRUPTED.value]),
        Import.heartbeat_at < before,
    )
    return session.scalar(query.order_by(Import.created_at.desc()).limit(1))


def state_of(record: Import, *, now: datetime) -> State:
    """Return the state as people should see it: running without a sign of life is interrupted."""
    state = State(record.state)
    is_silent = record.heartbeat_at is None or record.heartbeat_at < now - timedelta(seconds=STALE_AFTER_S)
    return State.INTERRUPTED if state is State.RUNNING and is_silent else state


def rows_of(
    session: Session,
    actor: Actor,
    import_id: UUID,
    *,
    states: Sequence[RowState],
    after_row: int = BEFORE_ALL,
    limit: int,
) -> Sequence[ImportRow]:
    """Return remembered rows in the order of the file."""
    query = select(ImportRow).where(
        ImportRow.org_id == actor.org_id,
        ImportRow.import_id == import_id,
        ImportRow.state.in_([state.value for state in states]),
        ImportRow.row_no > after_row,
    )
    return session.scalars(query.order_by(ImportRow.row_no).limit(limit)).all()


def get_row(session: Session, actor: Actor, import_id: UUID, row_no: int) -> ImportRow:
    """Return a remembered row locked for change, or raise NotFound."""
    query = select(ImportRow).where(
        ImportRow.org_id == actor.org_id, ImportRow.import_id == import_id, ImportRow.row_no == row_no
    )
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def count_problems(session: Session, actor: Actor, import_id: UUID) -> dict[str, int]:
    """Return how often each problem occurs among the rows that were refused or pointed out."""
    problems = func.jsonb_array_elements(ImportRow.problems).table_valued("value")
    code = func.jsonb_extract_path_text(problems.c.value, "code")
    query = (
        select(code.label("code"), func.count().label("number"))
        .select_from(ImportRow)
        .join(problems, true())
        .where(ImportRow.org_id == actor.org_id, ImportRow.import_id == import_id)
        .group_by(code)
    )
    return {row.code: row.number for row in session.execute(query)}


def remembered_mappings(session: Session, actor: Actor) -> Mapping[str, Mapping[str, Any]]:
    """Return header hash -> the mapping last used for it."""
    query = select(ImportMapping.header_hash, ImportMapping.mapping).where(
        ImportMapping.org_id == actor.org_id
    )
    return {row.header_hash: row.mapping for row in session.execute(query)}


def remember_mapping(session: Session, actor: Actor, header_hash: str, mapping: Mapping[str, Any]) -> None:
    """Keep a mapping for the next file with the same headings."""
    query = select(ImportMapping).where(
        ImportMapping.org_id == actor.org_id, ImportMapping.header_hash == header_hash
    )
    found = session.scalar(query)
    if found is None:
        found = ImportMapping(org_id=actor.org_id, header_hash=header_hash, mapping=dict(mapping))
        session.add(found)
    found.mapping, found.used_at = dict(mapping), clock.now()
    session.flush()
