"""Runs an import chunk by chunk, each in a transaction that also says where to go on.

Killed at any moment, it loses the chunk it was in and nothing else: what is committed is counted,
what is counted is committed, and the next run starts at ``next_row``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from fieldcrm.accounts.service import accounts_have_come
from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import ProblemError
from fieldcrm.imports import queries
from fieldcrm.imports.ahead import Chunk, ChunkReader, read_ahead
from fieldcrm.imports.chunk import import_rows
from fieldcrm.imports.files import open_file
from fieldcrm.imports.organisation import load_reader_parts
from fieldcrm.imports.progress import set_failed, set_state, write_chunk
from fieldcrm.imports.reading import Table, open_table
from fieldcrm.imports.rows import RowReader
from fieldcrm.imports.rules import State

Counts = dict[str, Any]
Report = Callable[[Counts], None]
MANY: Final = 1000
"""Created accounts after which the planner is to look at them anew."""


class Overtaken(Exception):
    """Another worker runs this import, or it was stopped."""


@dataclass(frozen=True, slots=True)
class _Plan:
    import_id: UUID
    is_dry_run: bool
    file: IO[bytes]
    table: Table
    chunks: ChunkReader
    default_status: int


def run(actor: Actor, import_id: UUID, *, report: Report | None = None) -> Counts:
    """Run or go on with an import to its end and return its counts.

    Raises what makes the file unreadable, after marking the import failed; Overtaken when it is not
    to be run.
    """
    try:
        plan = _begin(actor, import_id)
        with plan.file, closing(read_ahead(plan.chunks.chunks(plan.table.rows()))) as chunks:
            for chunk in chunks:
                counts = _do_chunk(actor, plan, chunk)
                if report:
                    report(counts)
        counts = _finish(actor, plan)
        if counts.get("created", 0) >= MANY:
            with transaction(actor) as session:
                accounts_have_come(session)
        return counts
    except ProblemError as error:
        with transaction(actor) as session:
            set_failed(session, actor, import_id, code=error.code, params=error.params)
        raise


def _begin(actor: Actor, import_id: UUID) -> _Plan:
    with transaction(actor) as session:
        record = queries.get_import(session, actor, import_id, is_locking=True)
        if record.state not in (State.QUEUED, State.RUNNING):
            raise Overtaken(record.state)
        set_state(
            session,
            actor,
            import_id,
            State.RUNNING,
            started_at=record.started_at or clock.now(),
            message=None,
        )
        words, catalogue = load_reader_parts(session, actor)
        reader = RowReader(
            {int(index): field for index, field in record.mapping.items()},
            width=len(record.columns),
            words=words,
            catalogue=catalogue,
        )
        file = open_file(session, actor, import_id)
        table = open_table(file, record.filename, encoding=record.encoding)
        chunks = ChunkReader(reader, header=record.header_row)
        return _Plan(import_id, record.is_dry_run, file, table, chunks, words.default_status)


def _do_chunk(actor: Actor, plan: _Plan, chunk: Chunk) -> Counts:
    """Write what of the chunk is not yet done, with the progress, in one transaction."""
    started = time.perf_counter()
    with transaction(actor) as session:
        record = queries.get_import(session, actor, plan.import_id, is_locking=True)
        if record.state != State.RUNNING:
            raise Overtaken(record.state)
        counts: Counts = record.counts
        if chunk.next_row <= record.next_row:
            return counts
        result = import_rows(
            session,
            actor,
            [row for row in chunk.rows if row.row_no > record.next_row],
            import_id=plan.import_id,
            default_status=plan.default_status,
            is_dry_run=plan.is_dry_run,
        )
        plan.chunks.is_foreseeing = result.counts["created"] * 2 >= len(chunk.rows)
        result.counts["unchanged"] += sum(no > record.next_row for no in chunk.repeated)
        seconds = counts.get("seconds", 0) + time.perf_counter() - started
        return write_chunk(
            session,
            actor,
            plan.import_id,
            result,
            counts={**counts, "seconds": round(seconds, 3)},
            next_row=chunk.next_row,
        )


def _finish(actor: Actor, plan: _Plan) -> Counts:
    with transaction(actor) as session:
        record = queries.get_import(session, actor, plan.import_id, is_locking=True)
        counts: Counts = dict(record.counts)
        set_state(session, actor, plan.import_id, State.DONE, finished_at=clock.now())
        _note_in_audit_log(session, plan, counts)
        return counts


def _note_in_audit_log(session: Session, plan: _Plan, counts: Counts) -> None:
    audit.record(
        session,
        action="dry_run" if plan.is_dry_run else "import",
        entity="imports",
        entity_id=plan.import_id,
        changes={name: (None, counts.get(name, 0)) for name in ("created", "updated", "refused")},
    )
