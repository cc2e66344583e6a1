"""Taking in what a phone recorded: each operation once, in order, in short transactions.

A bad operation is refused alone. One that depends on a refused creation is blocked: the phone keeps it
and sends it again afterwards. Whatever is answered with another status is stored, receipt and all.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import ProblemError, Unavailable
from fieldcrm.core.ids import parse_id
from fieldcrm.sync import retention, rules
from fieldcrm.sync.answers import Result, blocked_result, refused_result
from fieldcrm.sync.grouping import GroupFailed, apply_group
from fieldcrm.sync.push_schemas import Push
from fieldcrm.sync.reach import read_clock
from fieldcrm.sync.reading import Readable, read
from fieldcrm.sync.receipts import AlreadyApplied

log = logging.getLogger(__name__)

GROUP: Final = 50
"""How many operations share a transaction: other writers of the organisation wait for its end."""
_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """What was sent and makes no sense; ``creates`` is the id of the thing it was to make."""

    op_id: uuid.UUID | None
    creates: uuid.UUID | None
    problem: ProblemError


@dataclass(slots=True)
class _Batch:
    """One request: what was sent, and what became of it so far."""

    actor: Actor
    entries: Sequence[Readable | _Unreadable]
    results: list[Result] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    """Ids of things that are not there because their creation was refused."""
    clock: int = 0
    """The change clock as the last transaction that wrote left it."""
    alone_until: int = 0
    """Up to here a transaction holds one operation: together they failed, and none could be blamed."""


def push(actor: Actor, sent: Push) -> dict[str, Any]:
    """Apply the operations in their order and return {results, clock}.

    Raises Unavailable when the database does not answer; what was applied until then stays, and the
    phone finds its receipts when it sends the batch again.
    """
    now = clock.now()
    skew = rules.skew(now, sent.sent_at)
    entries = [_entry(raw, skew=skew, now=now) for raw in sent.operations]
    batch = _Batch(replace(actor, device_id=sent.device_id), entries)
    while len(batch.results) < len(entries):
        group = list(_next_group(batch))
        batch.results += _take(batch, group) if group else [_pass_over(batch)]
    retention.purge_daily(actor)
    return {"results": batch.results, "clock": batch.clock or _read_clock(actor)}


def _read_clock(actor: Actor) -> int:
    with transaction(actor) as session:
        return read_clock(session, actor)


def _entry(raw: Any, *, skew: timedelta, now: datetime) -> Readable | _Unreadable:
    try:
        return read(raw, skew=skew, now=now)
    except ProblemError as problem:
        told = raw if isinstance(raw, Mapping) else {}
        creates = parse_id(told.get("entity_id")) if told.get("type") in tuple(rules.CREATING) else None
        return _Unreadable(parse_id(told.get("op_id")), creates, problem)


def _next_group(batch: _Batch) -> Iterator[Readable]:
    """Yield the operations that go into the next transaction; none when the next one cannot be applied."""
    start, seen = len(batch.results), set[uuid.UUID]()
    size = 1 if start < batch.alone_until else GROUP
    for entry in batch.entries[start : start + size]:
        if isinstance(entry, _Unreadable) or _is_blocked(batch, entry) or entry.operation.op_id in seen:
            return
        seen.add(entry.operation.op_id)
        yield entry


def _is_blocked(batch: _Batch, entry: Readable) -> bool:
    operation = entry.operation
    about = rules.mentioned(operation.entity_id, operation.account_id, operation.body)
    return not batch.missing.isdisjoint(about)


def _pass_over(batch: _Batch) -> Result:
    """Answer the next entry, which cannot be applied."""
    entry = batch.entries[len(batch.results)]
    if isinstance(entry, _Unreadable):
        if entry.creates is not None:
            batch.missing.add(str(entry.creates))
        return refused_result(entry.op_id, batch.actor, entry.problem)
    _note_missing(batch, entry)
    return blocked_result(entry.operation.op_id)


def _note_missing(batch: _Batch, entry: Readable) -> None:
    if entry.operation.type in rules.CREATING:
        batch.missing.add(str(entry.operation.entity_id))


def _take(batch: _Batch, group: Sequence[Readable]) -> list[Result]:
    """Apply the group, or those before the first that fails; a failing first one is refused.

    Returns nothing when they are to be tried again one by one.
    """
    tries = 0
    while tries < _TRIES:
        try:
            with transaction(batch.actor) as session:
                results = apply_group(session, batch.actor, group)
                seq = session.info.get("change_seq", batch.clock)
            batch.clock = seq
            return results
        except AlreadyApplied:
            tries += 1
        except GroupFailed as failed:
            if isinstance(failed.cause, Unavailable):
                tries += 1
            elif failed.index:
                group = group[: failed.index]
            elif failed.index is None and len(group) > 1:
                batch.alone_until = len(batch.results) + len(group)
                return []
            else:
                return [_refuse(batch, group[0], failed.cause)]
    raise Unavailable()


def _refuse(batch: _Batch, entry: Readable, cause: Exception) -> Result:
    operation = entry.operation
    _note_missing(batch, entry)
    if isinstance(cause, ProblemError):
        return refused_result(operation.op_id, batch.actor, cause)
    if current_app.testing:
        raise cause
    log.error("operation %s (%s) failed", operation.op_id, operation.type, exc_info=cause)
    return refused_result(operation.op_id, batch.actor, ProblemError())
