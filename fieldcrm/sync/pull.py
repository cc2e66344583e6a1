"""What changed since a phone last asked: rows of every room in the order of the change clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.departures import departed
from fieldcrm.accounts.models import Account
from fieldcrm.appointments.models import Appointment
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.sync.gone import reassigned, sort_out
from fieldcrm.sync.news import DEPARTURES, kinds_with_news
from fieldcrm.sync.reach import reach_of
from fieldcrm.sync.sources import (
    ACCOUNTS,
    ACTIVITIES,
    APPOINTMENTS,
    SOURCES,
    Source,
    appointments_since,
    carried_since,
    in_reach,
)
from fieldcrm.sync.steps import Feed, end_of_page
from fieldcrm.sync.working_set import MOST
from fieldcrm.visits.models import Activity

FORGOTTEN_AFTER: Final = timedelta(days=400)
"""A phone that was away for longer starts anew."""


def pull(
    session: Session, actor: Actor, *, cursor: int, now: int, limit: int, reach: str | None = None
) -> dict[str, Any]:
    """Return {cursor, reach, more, reset, gone} and the rows of each source after ``cursor`` until ``now``.

    A step of the clock is never torn apart: a page ends where a step ends, and may exceed ``limit``
    by the rest of the step. ``now`` is the clock, read before; ``reach`` the mark that the phone has of
    what its person may see: a phone without one is never told that it is far behind.
    """
    answer = _nothing_new(actor, cursor=now)
    # A cursor past the clock: the database was put back to an earlier day.
    if cursor > now or reach not in (None, answer["reach"]):
        return answer | {"reset": True}
    if cursor == now:
        return answer
    kinds = kinds_with_news(session, actor, cursor=cursor)
    feeds = {
        source: Feed(session, _carried(actor, source, cursor=cursor), cursor=cursor, limit=limit)
        for source in SOURCES
        if source.key in kinds
    }
    if reach is not None and _is_far_behind(session, actor, feeds.get(ACCOUNTS), cursor=cursor):
        return answer | {"reset": True}
    has_left = cursor > 0 and DEPARTURES in kinds
    left = [Feed(session, departed(actor), cursor=cursor, limit=limit)] if has_left else []
    end = end_of_page([*feeds.values(), *left], limit=limit, now=now)
    answer |= {"cursor": end, "more": end < now}
    for source, feed in feeds.items():
        held, gone = sort_out(session, actor, source, feed.until(end))
        answer[source.key] = source.write(session, actor, held)
        answer["gone"] += gone
    answer["gone"] += reassigned(row.id for feed in left for row in feed.until(end))
    return answer


def _nothing_new(actor: Actor, *, cursor: int) -> dict[str, Any]:
    lists: dict[str, Any] = {key: [] for key in (*(source.key for source in SOURCES), "gone")}
    return {"cursor": cursor, "reach": reach_of(actor), "more": False, "reset": False, **lists}


def _carried(actor: Actor, source: Source, *, cursor: int) -> Select[Any]:
    """Return the query of the rows that a phone has, gets, or (once it has any) must forget."""
    query = in_reach(actor, source)
    is_first = cursor == 0
    if is_first:
        query = query.where(source.table.deleted_at.is_(None))
    if source is APPOINTMENTS and is_first:
        query = query.where(Appointment.ends_at >= appointments_since())
    if source is ACTIVITIES:
        # An amended one may have been newer before; one that never was is on no phone.
        is_recent = Activity.occurred_at >= carried_since()
        query = query.where(is_recent if is_first else is_recent | (Activity.version > 1))
    return query


def _is_far_behind(session: Session, actor: Actor, accounts: Feed | None, *, cursor: int) -> bool:
    """Return whether the phone is better off with a new first load than with all that changed."""
    if accounts is None:
        return False
    if cursor and accounts.rows and accounts.rows[0].updated_at < clock.now() - FORGOTTEN_AFTER:
        return True
    if not accounts.is_cut:
        return False
    changed = in_reach(actor, ACCOUNTS).where(Account.change_seq > cursor).limit(MOST + 1).subquery()
    return (session.scalar(select(func.count()).select_from(changed)) or 0) > MOST
