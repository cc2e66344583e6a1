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
from typing import Any

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
from fieldcrm.sync.rows import as_row, is_kept, is_reached, key_of
from fieldcrm.visits import knowledge
from fieldcrm.visits.schemas import ActivityDraft

Held = Mapping[uuid.UUID, Account]


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
    results: list[Result] = field(default_factory=list)
    taken: list[receipts.Taken] = field(default_factory=list)


def apply_group(session: Session, actor: Actor, operations: Sequence[Readable]) -> list[Result]:
    """Apply operations (each another one) in the running transaction; return what became of each.

    Raises GroupFailed, and AlreadyApplied when another request was quicker with one of them.
    """
    group = _Group(session, actor, clock.now())
    with _blamed(None):
        found = receipts.find_receipts(session, actor, [each.operation.op_id for each in operations])
        fresh = [each for each in operations if each.operation.op_id not in found]
        held = accounts.lock_accounts(session, actor, _accounts_of(fresh))
        visits = [body for each in fresh if isinstance(body := each.body, ActivityDraft)]
        if len(visits) > 1:
            knowledge.read_ahead(session, actor, visits)
    for window in _windows(operations, found, held=held, actor=actor):
        if len(window) > 1:
            _apply_together(group, window)
            continue
        with _blamed(len(group.results)):
            receipt = found.get(window[0].operation.op_id)
            if receipt is None:
                _apply_alone(group, window[0])
            else:
                receipts.demand_same(receipt, actor, window[0])
                group.results.append(duplicate_result(session, actor, receipt))
    with _blamed(None):
        receipts.keep_receipts(session, actor, group.taken, at=group.received_at)
    return group.results


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


def _windows(
    operations: Sequence[Readable], found: Mapping[uuid.UUID, SyncReceipt], *, held: Held, actor: Actor
) -> Iterator[list[Readable]]:
    """Yield the operations in order: visits of different plain accounts together, others alone."""
    window: list[Readable] = []
    seen: set[uuid.UUID] = set()
    for each in operations:
        account_id = None if each.operation.op_id in found else _plainly_visited(each, held, actor)
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


def _apply_alone(group: _Group, readable: Readable) -> None:
    actor = _author(group, readable)
    act_as(group.session, actor)
    stamped = collect_stamped(group.session)
    applied = _apply(group, readable, actor)
    group.session.flush()
    _conclude(group, readable, applied, stamped)


def _apply_together(group: _Group, window: Sequence[Readable]) -> None:
    """Apply visits of different accounts, and write them at once."""
    stamped = collect_stamped(group.session)
    done: list[tuple[Readable, Applied, uuid.UUID]] = []
    with _blamed(None), gathering(group.session) as acts:
        for offset, readable in enumerate(window):
            with _blamed(len(group.results) + offset):
                assert isinstance(readable.body, ActivityDraft)  # noqa: S101 - windows hold nothing else
                account_id = readable.body.account_id
                acts[account_id] = _author(group, readable)
                done.append((readable, _apply(group, readable, acts[account_id]), account_id))
    by_account: dict[uuid.UUID, list[Tracked]] = defaultdict(list)
    for row in stamped:
        by_account[getattr(row, "account_id", row.id)].append(row)
    for readable, applied, account_id in done:
        _conclude(group, readable, applied, by_account[account_id])


def _author(group: _Group, readable: Readable) -> Actor:
    return replace(group.actor, recorded_at=readable.recorded_at)


def _apply(group: _Group, readable: Readable, actor: Actor) -> Applied:
    policy.require(actor, readable.kind.policy)
    return readable.kind.apply(group.session, actor, readable.operation, readable.body)


def _conclude(group: _Group, readable: Readable, applied: Applied, stamped: Iterable[Tracked]) -> None:
    """Note the answer, with the rows that the author's phone keeps."""
    session, actor = group.session, group.actor
    others = sorted((row for row in stamped if is_kept(row) and row is not applied.row), key=key_of)
    touched: list[Any] = [*([] if applied.row is None else [applied.row]), *others]
    shown = {row: as_row(session, actor, row) for row in touched if is_reached(session, actor, row)}
    row = None if applied.row is None else shown.pop(applied.row, None)
    group.results.append(
        applied_result(
            readable.operation.op_id, applied, row=row, rows=list(shown.values()), at=group.received_at
        )
    )
    group.taken.append(receipts.Taken(readable, applied, [key_of(each) for each in touched]))


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
