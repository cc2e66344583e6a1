"""Entries newest first, in bounded time whatever is asked for.

One condition follows an index; the others, for which none would pay (every write pays for it), are looked for
among the next ``WINDOW`` entries only. Where those hold less than a page, the page ends there and says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, Uuid, cast, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH
from sqlalchemy.orm import Session, aliased

from fieldcrm.auditlog.schemas import AuditFilter
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.audit import COMMON_ACTIONS, AuditEntry
from fieldcrm.core.clock import iso, parse_iso
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.ids import parse_id

WINDOW: Final = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """One page of entries, the mark of the next, and how far back was looked when it is not full."""

    entries: Sequence[AuditEntry]
    next_cursor: str | None
    searched_to: datetime | None


def find_page(
    session: Session,
    actor: Actor,
    chosen: AuditFilter,
    *,
    cursor: str | None,
    limit: int,
    about: Sequence[uuid.UUID] = (),
) -> Found:
    """Return a page of the entries that are chosen; ``about`` are what is called as the search says."""
    indexed, rest = _conditions(chosen, about)
    base = _newest(actor, chosen, cursor).where(*indexed)
    if not rest:
        rows = session.scalars(base.limit(limit + 1)).all()
        is_over = len(rows) <= limit
        return Found(rows[:limit], None if is_over else _mark(rows[limit - 1].at, rows[limit - 1].id), None)
    return _in_window(session, base, chosen, about, limit=limit)


def _in_window(
    session: Session, base: Select[Any], chosen: AuditFilter, about: Sequence[uuid.UUID], *, limit: int
) -> Found:
    entry = aliased(AuditEntry, base.limit(WINDOW).subquery())
    wanted = select(entry).where(*_conditions(chosen, about, entry)[1])
    rows = session.scalars(wanted.order_by(entry.at.desc(), entry.id.desc()).limit(limit + 1)).all()
    if len(rows) > limit:
        return Found(rows[:limit], _mark(rows[limit - 1].at, rows[limit - 1].id), None)
    last = base.with_only_columns(AuditEntry.at, AuditEntry.id).offset(WINDOW - 1).limit(1)
    edge = session.execute(last).one_or_none()
    return Found(rows, _mark(edge.at, edge.id) if edge else None, edge.at if edge else None)


def _newest(actor: Actor, chosen: AuditFilter, cursor: str | None) -> Select[Any]:
    query = select(AuditEntry).where(AuditEntry.org_id == actor.org_id)
    if chosen.since is not None and (begin := _begin_of(chosen.since, 0, actor)):
        query = query.where(AuditEntry.at >= begin)
    if chosen.until is not None and (end := _begin_of(chosen.until, 1, actor)):
        query = query.where(AuditEntry.at < end)
    if cursor:
        at_text, id_text = decode_cursor(cursor, length=2)
        at, entry_id = parse_iso(at_text), parse_id(id_text)
        if at is None or entry_id is None:
            raise bad_cursor()
        # As a row, which the index knows where to begin at; two comparisons would be read through.
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(literal(at), literal(entry_id)))
    return query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def _begin_of(day: date, days_later: int, actor: Actor) -> datetime | None:
    """Return when a day begins; None at the ends of the calendar, where there is nothing to keep out."""
    try:
        return clock.start_of_day(day + timedelta(days=days_later), actor.timezone)
    except OverflowError:
        return None


def _conditions(
    chosen: AuditFilter, about: Sequence[uuid.UUID], entry: Any = AuditEntry
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """Return the condition that an index follows, if any, and the rest."""
    found = list(_each(chosen, entry))
    # Whoever did it is rarest, a kind of thing the most common; of what is most done there is no index.
    found.sort(key=lambda pair: ("user", "action", "entity", "common").index(pair[0]))
    ordered = [condition for _, condition in found]
    has_index = bool(found) and found[0][0] != "common"
    indexed, rest = (ordered[:1], ordered[1:]) if has_index else ([], ordered)
    if chosen.q:
        rest.append(_holds(chosen.q, about, entry))
    return indexed, rest


def _each(chosen: AuditFilter, entry: Any) -> Iterator[tuple[str, ColumnElement[bool]]]:
    if chosen.user is not None:
        yield "user", entry.actor_id == chosen.user
    if chosen.action is not None:
        name = "common" if chosen.action in COMMON_ACTIONS else "action"
        yield name, entry.action == chosen.action
    if chosen.entity is not None:
        yield "entity", entry.entity == chosen.entity


def _holds(q: str, about: Sequence[uuid.UUID], entry: Any) -> ColumnElement[bool]:
    """Return whether an entry is about one of these, or a value that it tells of holds the text."""
    pattern = "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    values = cast(func.jsonb_path_query_array(entry.changes, cast("$.*[*]", JSONPATH)), Text)
    conditions = [values.ilike(pattern)]
    if about:
        ids = cast(list(about), ARRAY(Uuid))
        conditions += [
            entry.entity_id == func.any(ids),
            entry.actor_id == func.any(ids),
            entry.changes["account_id"][1].astext
            == func.any(cast([str(each) for each in about], ARRAY(Text))),
        ]
    return or_(*conditions)


def _mark(at: datetime, entry_id: uuid.UUID) -> str:
    return encode_cursor([iso(at), str(entry_id)])
