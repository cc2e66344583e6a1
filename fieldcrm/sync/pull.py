"""What changed since a phone last asked: rows of every room in the order of the change clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from heapq import merge
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, or_, select, text, true
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.serialise import CONTACT_COLUMNS, JSON_COLUMNS, account_json, contact_json
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.visits import queries as visits
from fieldcrm.visits.models import Activity, Task
from fieldcrm.visits.serialise import ACTIVITY_COLUMNS, TASK_COLUMNS, activity_json, task_json

ACTIVITIES_FOR: Final = timedelta(days=365)
"""How far back a phone carries activities."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of row: its key in the answer and in ``gone``, its columns, its table."""

    key: str
    kind: str
    columns: tuple[Any, ...]
    table: Any


SOURCES: Final = (
    Source("accounts", "account", JSON_COLUMNS, Account),
    Source("activities", "activity", ACTIVITY_COLUMNS, Activity),
    Source("contacts", "contact", CONTACT_COLUMNS, Contact),
    Source("tasks", "task", TASK_COLUMNS, Task),
)


def read_clock(session: Session, actor: Actor) -> int:
    """Return the organisation's change clock."""
    found = session.scalar(
        text("select change_seq from organisations where org_id = :org_id"), {"org_id": actor.org_id}
    )
    return int(found or 0)


def pull(session: Session, actor: Actor, *, cursor: int, limit: int) -> dict[str, Any]:
    """Return {cursor, more, accounts, activities, contacts, tasks, gone} after ``cursor``.

    A step of the clock is never torn apart: a page ends where a step ends, and may exceed ``limit``
    by the rest of the step. Deleted rows come as ``gone``; a first pull leaves them out.
    """
    now = read_clock(session, actor)
    pages = [list(_changed(session, actor, source, cursor=cursor, limit=limit + 1)) for source in SOURCES]
    end = _end_of_page(pages, limit=limit, now=now)
    answer: dict[str, Any] = {"cursor": end, "more": end < now}
    gone: list[dict[str, str]] = []
    amendments = visits.amendments_of(session, actor, pages[1])
    write: dict[str, Callable[[Any], dict[str, Any]]] = {
        "accounts": account_json,
        "activities": lambda row: activity_json(row, amendments),
        "contacts": contact_json,
        "tasks": task_json,
    }
    for source, page in zip(SOURCES, pages, strict=True):
        rows = [row for row in page if row.change_seq <= end]
        if len(page) > limit:
            rows += _rest_of_step(session, actor, source, page=page, end=end)
        answer[source.key] = [write[source.key](row) for row in rows if row.deleted_at is None]
        gone += [{"type": source.kind, "id": str(row.id)} for row in rows if row.deleted_at]
    answer["gone"] = gone
    return answer


def _end_of_page(pages: list[list[Any]], *, limit: int, now: int) -> int:
    """Return the step of the clock with which the page ends."""
    steps = list(merge(*([row.change_seq for row in page] for page in pages)))
    # Not past ``now``: of a step that committed while we read, some tables may have been read before.
    return min(steps[limit - 1], now) if len(steps) > limit else now


def _changed(session: Session, actor: Actor, source: Source, *, cursor: int, limit: int) -> Iterator[Any]:
    table = source.table
    query = _in_reach(actor, source).where(table.change_seq > cursor)
    if cursor == 0:
        query = query.where(table.deleted_at.is_(None))
    yield from session.execute(query.order_by(table.change_seq, table.id).limit(limit))


def _rest_of_step(session: Session, actor: Actor, source: Source, *, page: list[Any], end: int) -> list[Any]:
    """Return the rows of the page's last step that the limit cut off (an import is one step)."""
    table, last = source.table, page[-1]
    if last.change_seq > end:
        return []
    query = _in_reach(actor, source).where(table.change_seq == last.change_seq, table.id > last.id)
    return list(session.execute(query.order_by(table.id)))


def _in_reach(actor: Actor, source: Source) -> Select[Any]:
    table = source.table
    query = select(*source.columns).where(table.org_id == actor.org_id, _recent(table))
    if table is Account:
        return query.where(scope_filter(actor))
    return query.join(Account, (Account.org_id == table.org_id) & (Account.id == table.account_id)).where(
        scope_filter(actor), or_(Account.deleted_at.is_(None), table.deleted_at.is_not(None))
    )


def _recent(table: Any) -> ColumnElement[bool]:
    if table is not Activity:
        return true()
    since = clock.now() - ACTIVITIES_FOR
    return Activity.occurred_at >= since
