"""Several operations in one short transaction, each as if it were alone.

What they need is read for all of them at once, the accounts being locked first, in the order of their
ids. Visits of different accounts are written at once; everything else is written one by one, so that no
value that stood in between is missing from a history. The receipts come last: all or nothing.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.models import Account
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.database_errors import problem_of
from fieldcrm.core.db import Tracked, act_as, collect_stamped, gathering
from fieldcrm.identity import policy
from fieldcrm.sync import receipts
from fieldcrm.sync.answers import Result, applied_result, duplicate_result
from fieldcrm.sync.applied import Applied
from fieldcrm.sync.models import SyncReceipt
from fieldcrm.sync.reading import Readable
from fieldcrm.sync.rows import as_row, is_kept, key_of, read_rows
from fieldcrm.sync.whose import is_reached
from fieldcrm.visits import knowledge
from fieldcrm.visits.schemas import ActivityDraft

Held = Mapping[uuid.UUID, Account]


class Place(NamedTuple):
    """An operation and where it stands in its group."""

    at: int
    readable: Readable


class GroupFailed(Exception):
    """Nothing of the group may stay: because of the operation at ``index``, or of no single one."""

    def __init__(self, index: int | None, cause: Exception) -> None:
        super().__init__(index)
        self.index, self.cause = index, cause


@dataclass(slots=True)
class _Group:
    session: Session
    actor: Actor
    received_at: datetime
    results: dict[int, Result] = field(default_factory=dict)
    taken: list[receipts.Taken] = field(default_factory=list)


def apply_group(session: Session, actor: Actor, operations: Sequence[Readable]) -> list[Result]:
    """Apply operations (each another one) in the running transaction; return what became of each.

    Raises GroupFailed, and AlreadyApplied when another request was quicker with one of them.
    """
    group = _Group(session, actor, clock.now())
    with _blamed(None):
        found = receipts.find_receipts(session, actor, [each.operation.op_id for each in operations])
    fresh = [Place(at, each) for at, each in enumerate(operations) if each.operation.op_id not in found]
    if fresh:
        _apply_fresh(group, fresh)
    if found:
        _replay(group, operations, found)
    return [group.results[at] for at in range(len(operations))]


def _apply_fresh(group: _Group, fresh: Sequence[Place]) -> None:
    session, actor = group.session, group.actor
    with _blamed(None):
        held = accounts.lock_accounts(session, actor, _accounts_of(each.readable for each in fresh))
        visits = [body for each in fresh if isinstance(body := each.readable.body, ActivityDraft)]
        if visits:
            knowledge.read_ahead(session, actor, visits)
    for window in _windows(fresh, held, actor):
        if _plainly_visited(window[0].readable, held, actor) is None:
            with _blamed(window[0].at):
                _apply_alone(group, window[0])
        else:
            _apply_together(group, window)
    with _blamed(None):
        receipts.keep_receipts(session, actor, group.taken, at=group.received_at)


def _replay(group: _Group, operations: Sequence[Readable], found: Mapping[uuid.UUID, SyncReceipt]) -> None:
    """Answer what was applied before, the rows of all of it read at once."""
    keys = [key for receipt in found.values() for key in receipt.answer["rows"]]
    rows = read_rows(group.session, group.actor, keys)
    for at, readable in enumerate(operations):
        receipt = found.get(readable.operation.op_id)
        if receipt is not None:
            with _blamed(at):
                receipts.demand_same(receipt, group.actor, readable)
            group.results[at] = duplicate_result(receipt, rows)


def _accounts_of(operations: Iterable[Readable]) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    for each in operations:
        if each.operation.account_id is not None:
            found.add(each.operation.account_id)
        if isinstance(each.body, ActivityDraft):
            found.add(each.body.account_id)
        elif each.operation.type.startswith("account."):
            found.add(each.operation.entity_id)
    return found


def _windows(fresh: Sequence[Place], held: Held, actor: Actor) -> Iterator[list[Place]]:
    """Yield the operations in order: visits of different plain accounts together, others alone."""
    window: list[Place] = []
    seen: set[uuid.UUID] = set()
    for each in fresh:
        account_id = _plainly_visited(each.readable, held, actor)
        if window and (account_id is None or account_id in seen):
            yield window
            window, seen = [], set()
        if account_id is None:
            yield [each]
        else:
            window.append(each)
            seen.add(account_id)
    if window:
        yield window


def _plainly_visited(readable: Readable, held: Held, actor: Actor) -> uuid.UUID | None:
    """Return the account of a visit when nothing has happened to it meanwhile; None for anything else."""
    if not isinstance(readable.body, ActivityDraft):
        return None
    account = held.get(readable.body.account_id)
    if account is None or account.deleted_at is not None or not accounts.is_in_reach(actor, account):
        return None
    return account.id


def _apply_alone(group: _Group, place: Place) -> None:
    actor = _author(group, place.readable)
    act_as(group.session, actor)
    stamped = collect_stamped(group.session)
    applied = _apply(group, place.readable, actor)
    group.session.flush()
    _conclude(group, place, applied, stamped)


def _apply_together(group: _Group, window: Sequence[Place]) -> None:
    """Apply visits of different accounts, and write them at once."""
    stamped = collect_stamped(group.session)
    done: list[tuple[Place, Applied, uuid.UUID]] = []
    with _blamed(None), gathering(group.session) as acts:
        for place in window:
            body = place.readable.body
            assert isinstance(body, ActivityDraft)  # noqa: S101 - such windows hold nothing else
            with _blamed(place.at):
                actor = acts[body.account_id] = _author(group, place.readable)
                act_as(group.session, actor)
                done.append((place, _apply(group, place.readable, actor), body.account_id))
    by_account: dict[uuid.UUID, list[Tracked]] = defaultdict(list)
    for row in stamped:
        by_account[getattr(row, "account_id", row.id)].append(row)
    for place, applied, account_id in done:
        _conclude(group, place, applied, by_account[account_id])


def _author(group: _Group, readable: Readable) -> Actor:
    device_id = readable.operation.device_id or group.actor.device_id
    return replace(group.actor, recorded_at=readable.recorded_at, device_id=device_id)


def _apply(group: _Group, readable: Readable, actor: Actor) -> Applied:
    policy.require(actor, readable.kind.policy)
    return readable.kind.apply(group.session, actor, readable.operation, readable.body)


def _conclude(group: _Group, place: Place, applied: Applied, stamped: Iterable[Tracked]) -> None:
    """Note the answer, with the rows that the author's phone keeps."""
    session, actor = group.session, group.actor
    others = sorted((row for row in stamped if is_kept(row) and row is not applied.row), key=key_of)
    touched: list[Any] = [*([] if applied.row is None else [applied.row]), *others]
    shown = {row: as_row(session, actor, row) for row in touched if is_reached(session, actor, row)}
    row = None if applied.row is None else shown.pop(applied.row, None)
    group.results[place.at] = applied_result(
        place.readable.operation.op_id, applied, row=row, rows=list(shown.values()), at=group.received_at
    )
    group.taken.append(receipts.Taken(place.readable, applied, [key_of(each) for each in touched]))


@contextmanager
def _blamed(index: int | None) -> Iterator[None]:
    """Say of any failure whose it is."""
    try:
        yield
    except (GroupFailed, receipts.AlreadyApplied):
        raise
    except DBAPIError as error:
        raise GroupFailed(index, problem_of(error) or error) from error
    except Exception as error:
        raise GroupFailed(index, error) from error
