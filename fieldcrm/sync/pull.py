"""What changed since a phone last asked: rows of every room in the order of the change clock."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import Any

from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.sync.reach import reach_of
from fieldcrm.sync.sources import ACTIVITIES, SOURCES, Source, in_reach, is_recent

NOT_YET = ("conflicts",)


def pull(
    session: Session, actor: Actor, *, cursor: int, now: int, limit: int, reach: str | None = None
) -> dict[str, Any]:
    """Return {cursor, reach, more, reset, gone} and the rows of each source after ``cursor`` until ``now``.

    A step of the clock is never torn apart: a page ends where a step ends, and may exceed ``limit``
    by the rest of the step. Deleted rows come as ``gone``; a first pull leaves them out. ``now`` is the
    clock, read before; ``reach`` the mark that the phone has of what its person may see.
    """
    answer = _nothing_new(actor, cursor=now)
    # A cursor past the clock: the database was put back to an earlier day.
    if cursor > now or reach not in (None, answer["reach"]):
        return answer | {"reset": True}
    if cursor == now:
        return answer
    pages = [list(_changed(session, actor, source, cursor=cursor, limit=limit + 1)) for source in SOURCES]
    end = _end_of_page(pages, limit=limit, now=now)
    answer |= {"cursor": end, "more": end < now}
    for source, page in zip(SOURCES, pages, strict=True):
        rows = [row for row in page if row.change_seq <= end]
        if len(page) > limit:
            rows += _rest_of_step(session, actor, source, page=page, end=end)
        answer[source.key] = source.write(session, actor, [row for row in rows if row.deleted_at is None])
        answer["gone"] += [
            {"type": source.kind, "id": str(row.id), "reason": "deleted"} for row in rows if row.deleted_at
        ]
    return answer


def _nothing_new(actor: Actor, *, cursor: int) -> dict[str, Any]:
    lists: dict[str, Any] = {key: [] for key in (*(source.key for source in SOURCES), *NOT_YET, "gone")}
    return {"cursor": cursor, "reach": reach_of(actor), "more": False, "reset": False, **lists}


def _end_of_page(pages: list[list[Any]], *, limit: int, now: int) -> int:
    """Return the step of the clock with which the page ends."""
    steps = list(merge(*([row.change_seq for row in page] for page in pages)))
    # Not past ``now``: of a step that committed while we read, some tables may have been read before.
    return min(steps[limit - 1], now) if len(steps) > limit else now


def _changed(session: Session, actor: Actor, source: Source, *, cursor: int, limit: int) -> Iterator[Any]:
    table = source.table
    query = _carried(actor, source).where(table.change_seq > cursor)
    if cursor == 0:
        query = query.where(table.deleted_at.is_(None))
    yield from session.execute(query.order_by(table.change_seq, table.id).limit(limit))


def _rest_of_step(session: Session, actor: Actor, source: Source, *, page: list[Any], end: int) -> list[Any]:
    """Return the rows of the page's last step that the limit cut off (an import is one step)."""
    table, last = source.table, page[-1]
    if last.change_seq > end:
        return []
    query = _carried(actor, source).where(table.change_seq == last.change_seq, table.id > last.id)
    return list(session.execute(query.order_by(table.id)))


def _carried(actor: Actor, source: Source) -> Any:
    query = in_reach(actor, source)
    return query.where(is_recent()) if source is ACTIVITIES else query
