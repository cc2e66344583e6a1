"""Use cases of imports: take a file in, map its columns, start, correct a row, take it all back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import IO
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict, FieldError, Invalid
from fieldcrm.core.ids import new_id
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.imports import queries
from fieldcrm.imports.drafting import draft_of
from fieldcrm.imports.files import hash_of, store_file
from fieldcrm.imports.models import Import, ImportPart, ImportRow
from fieldcrm.imports.organisation import load_words
from fieldcrm.imports.reading import open_table
from fieldcrm.imports.rules import STARTABLE, State, header_hash, mapping_problems

RUN_TASK = "imports.run"
UNDO_TASK = "imports.undo"
_DRAFTS_LIVE = timedelta(days=2)


def create_import(
    session: Session, actor: Actor, *, filename: str, file: IO[bytes], encoding: str | None = None
) -> Import:
    """Take a file in and look at it: its columns, what they probably are, how many rows there are.

    Raises Invalid, with the reason at ``file``, when it cannot be read.
    """
    table = open_table(file, filename, encoding=encoding)
    words = load_words(session, actor)
    draft = draft_of(table, words.vocabulary(), remembered=queries.remembered_mappings(session, actor))
    _forget_old_drafts(session, actor)
    record = Import(
        org_id=actor.org_id,
        id=new_id(),
        filename=filename[-200:],
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        size_bytes=file.seek(0, os.SEEK_END),
        content_hash=hash_of(file),
        header_row=draft.header_row,
        columns=draft.columns,
        mapping=draft.mapping,
        state=State.DRAFT.value,
        is_dry_run=False,
        counts={"total": draft.row_count},
        next_row=0,
        created_by=actor.user_id,
        created_at=clock.now(),
    )
    session.add(record)
    session.flush()
    store_file(session, actor, record.id, file)
    return record


def set_mapping(session: Session, actor: Actor, import_id: UUID, mapping: Mapping[str, str | None]) -> Import:
    """Say which field each column feeds; columns left out are not imported."""
    record = queries.get_import(session, actor, import_id, is_locking=True)
    _demand_startable(record)
    record.mapping = _checked(session, actor, record, mapping)
    session.flush()
    return record


def start_import(session: Session, actor: Actor, import_id: UUID, *, is_dry_run: bool = False) -> Import:
    """Queue an import (or go on with one that stopped) and remember its mapping."""
    record = prepare(session, actor, import_id, is_dry_run=is_dry_run)
    _work_later(session, actor, RUN_TASK, import_id)
    return record


def prepare(session: Session, actor: Actor, import_id: UUID, *, is_dry_run: bool) -> Import:
    """Make an import ready to run: mapping checked and remembered, a trial run's traces gone."""
    record = queries.get_import(session, actor, import_id, is_locking=True)
    _demand_startable(record)
    mapping = _checked(session, actor, record, record.mapping)
    if "name" not in mapping.values():
        raise Invalid(FieldError("mapping", "imports.name_needed"), code="imports.name_needed")
    goes_on = record.next_row > 0 and not record.is_dry_run and not is_dry_run
    if not goes_on:
        _start_over(session, actor, record)
    if record.header_row >= 0:
        digest = header_hash([column["header"] for column in record.columns])
        queries.remember_mapping(session, actor, digest, mapping)
    record.state, record.is_dry_run, record.message = State.QUEUED.value, is_dry_run, None
    record.finished_at, record.heartbeat_at = None, clock.now()
    session.flush()
    return record


def undo_import(session: Session, actor: Actor, import_id: UUID) -> Import:
    """Queue taking an import back: what it created goes, what it changed is as before."""
    record = queries.get_import(session, actor, import_id, is_locking=True)
    if not can_undo(record):
        raise Conflict("imports.cannot_undo")
    record.state, record.heartbeat_at = State.UNDOING.value, clock.now()
    session.flush()
    audit.record(session, action="undo", entity="imports", entity_id=record.id, changes={})
    _work_later(session, actor, UNDO_TASK, import_id)
    return record


def can_undo(record: Import) -> bool:
    """Return whether there is something to take back, and nobody is at work on it."""
    written = record.counts.get("created", 0) + record.counts.get("updated", 0)
    state = queries.state_of(record, now=clock.now())
    is_at_rest = state in (State.DONE, State.FAILED, State.INTERRUPTED)
    return bool(written) and is_at_rest and not record.is_dry_run


def _demand_startable(record: Import) -> None:
    state = queries.state_of(record, now=clock.now())
    is_after_trial = state is State.DONE and record.is_dry_run
    if state not in STARTABLE and not is_after_trial:
        raise Conflict("imports.already_started")


def _checked(
    session: Session, actor: Actor, record: Import, mapping: Mapping[str, str | None]
) -> dict[str, str]:
    words = load_words(session, actor)
    numbered = {int(i) if i.isascii() and i.isdecimal() else -1: field for i, field in mapping.items()}
    problems = mapping_problems(numbered, column_count=len(record.columns), known=words.field_keys())
    if problems:
        raise Invalid(*(FieldError(path, code) for path, code in problems))
    return {str(index): field for index, field in sorted(numbered.items()) if field}


def _start_over(session: Session, actor: Actor, record: Import) -> None:
    session.execute(
        delete(ImportRow).where(ImportRow.org_id == actor.org_id, ImportRow.import_id == record.id)
    )
    record.next_row, record.started_at = 0, None
    record.counts = {"total": record.counts.get("total", 0)}


def _forget_old_drafts(session: Session, actor: Actor) -> None:
    old = select(Import.id).where(
        Import.org_id == actor.org_id,
        Import.state == State.DRAFT.value,
        Import.created_at < clock.now() - _DRAFTS_LIVE,
    )
    parts = delete(ImportPart).where(ImportPart.org_id == actor.org_id, ImportPart.import_id.in_(old))
    session.execute(parts.execution_options(synchronize_session=False))
    session.execute(delete(Import).where(Import.org_id == actor.org_id, Import.id.in_(old)))


def _work_later(session: Session, actor: Actor, task: str, import_id: UUID) -> None:
    """Queue work on an import, done with the rights of who asked for it."""
    user_id = None if actor.user_id is None else str(actor.user_id)
    defer_by_name(session, task, org_id=actor.org_id, import_id=str(import_id), user_id=user_id)
