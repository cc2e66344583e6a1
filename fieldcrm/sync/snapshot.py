"""The first load: a phone's whole working set in three parts, columns instead of rows.

``rows`` is what lists and the map show of every account, so that the phone can be used at once;
``details`` is everything about them and what hangs on them; ``activities`` is the last 12 months. Each
part is read after the clock that the first one answers: from there the phone pulls what changed
meanwhile, so that parts need not be of one moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, false, or_, select, tuple_
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.schemas import AccountOut
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.schemas import AppointmentOut
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.fast_json import dumps
from fieldcrm.core.ids import parse_id
from fieldcrm.sync.columnar import columns_of, read_columns
from fieldcrm.sync.models import Conflict
from fieldcrm.sync.reach import reach_of
from fieldcrm.sync.schemas import SnapshotQuery
from fieldcrm.sync.sources import (
    APPOINTMENTS,
    ATTACHMENTS,
    CONFLICTS,
    CONTACTS,
    TASKS,
    Source,
    appointments_since,
    carried_since,
)
from fieldcrm.sync.whose import PERSONAL, is_own
from fieldcrm.sync.working_set import MOST, Edge, count_in_reach, find_edge, parse_edge, working_set
from fieldcrm.visits.models import Activity, Task
from fieldcrm.visits.schemas import ActivityOut

DETAILS_PAGE: Final = 5_000
ACTIVITIES_PAGE: Final = 10_000

_ROWS: Final = (
    "id", "kind", "name", "name_kana", "external_id", "postal_code", "prefecture", "municipality",
    "municipality_code", "address", "building", "phones", "phone_display", "status", "win_prob", "rank",
    "owner_id", "team_id", "tags", "cadence_days", "custom", "lon", "lat", "precision", "last_visit_at",
    "last_outcome", "due_on", "next_action_on", "version", "change_seq",
)  # fmt: skip
ROWS: Final = columns_of(Account, _ROWS)
ACCOUNT: Final = columns_of(Account, [name for name in AccountOut.model_fields if name != "distance_m"])
ACTIVITY: Final = columns_of(Activity, list(ActivityOut.model_fields))
_HANGING: Final = (
    *(
        (source, columns_of(source.table, [each.key for each in source.columns if each.key != "deleted_at"]))
        for source in (CONTACTS, TASKS, ATTACHMENTS, CONFLICTS)
    ),
    (APPOINTMENTS, columns_of(Appointment, list(AppointmentOut.model_fields))),
)


@dataclass(frozen=True, slots=True)
class Part:
    """The tables of an answer, each as JSON text, and where the next page of this part begins."""

    tables: dict[str, str]
    next: str | None = None


def snapshot(session: Session, actor: Actor, query: SnapshotQuery, *, now: int) -> str:
    """Return a part of the first load as JSON text, in the shape of ``Snapshot``; ``now`` is the clock."""
    cursor = now if query.cursor is None else query.cursor
    edge = None if query.working_set is None else parse_edge(query.working_set)
    total = None
    if query.part == "rows":
        total = count_in_reach(session, actor)
        edge = find_edge(session, actor) if total > MOST else None
        part = _rows(session, actor, edge)
    elif query.part == "details":
        part = _details(session, actor, edge, after=query.after)
    else:
        part = _activities(session, actor, edge, after=query.after)
    head = {
        "part": query.part, "cursor": cursor, "reach": reach_of(actor), "next": part.next,
        "working_set": None if edge is None else str(edge), "is_partial": edge is not None, "total": total,
    }  # fmt: skip
    tables = ",".join(f'"{name}":{columns}' for name, columns in part.tables.items())
    return f'{dumps(head)[:-1]},"tables":{{{tables}}}}}'


def _rows(session: Session, actor: Actor, edge: Edge | None) -> Part:
    """Return of every account what lists, search and the map need."""
    return Part({"accounts": read_columns(session, _accounts(actor, edge), ROWS).text})


def _details(session: Session, actor: Actor, edge: Edge | None, *, after: str | None) -> Part:
    """Return a page of whole accounts, in the order of their ids, with what hangs on them and is open."""
    begin = None if after is None else parse_id(decode_cursor(after, length=1)[0])
    if after is not None and begin is None:
        raise bad_cursor()
    query = _accounts(actor, edge).limit(DETAILS_PAGE)
    if begin is not None:
        query = query.where(Account.id > begin)
    accounts = read_columns(session, query, ACCOUNT, last=["id"])
    tables = {"accounts": accounts.text}
    for source, columns in _HANGING:
        account_id = source.table.account_id
        is_on_page = account_id.in_(working_set(actor, edge))
        if begin is not None:
            is_on_page &= account_id > begin
        if accounts.count:
            is_on_page &= account_id <= accounts.last[0]
        hanging = _hanging(actor, source, is_on_page=is_on_page, is_first=begin is None)
        tables[source.key] = read_columns(session, hanging, columns).text
    is_last = accounts.count < DETAILS_PAGE
    return Part(tables, next=None if is_last else encode_cursor([str(accounts.last[0])]))


def _activities(session: Session, actor: Actor, edge: Edge | None, *, after: str | None) -> Part:
    """Return a page of the activities of the last 12 months, newest first."""
    query = select(Activity.id).where(
        Activity.org_id == actor.org_id,
        Activity.deleted_at.is_(None),
        Activity.occurred_at >= carried_since(),
        Activity.account_id.in_(working_set(actor, edge)),
    )
    if after is not None:
        query = query.where(tuple_(Activity.occurred_at, Activity.id) < tuple_(*_activity_mark(after)))
    query = query.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(ACTIVITIES_PAGE)
    read = read_columns(session, query, ACTIVITY, last=["occurred_at", "id"])
    is_last = read.count < ACTIVITIES_PAGE
    return Part({"activities": read.text}, next=None if is_last else encode_cursor([*map(str, read.last)]))


def _accounts(actor: Actor, edge: Edge | None) -> Select[Any]:
    return working_set(actor, edge).order_by(Account.id)


def _hanging(actor: Actor, source: Source, *, is_on_page: ColumnElement[bool], is_first: bool) -> Select[Any]:
    """Return the query of what hangs on the accounts of a page; what is the person's own is on the first."""
    table = source.table
    if table in PERSONAL:
        own = is_own(actor, table) if is_first else false()
        is_on_page = own if source is APPOINTMENTS else or_(own, is_on_page)
    query = (
        select(table.id)
        .where(table.org_id == actor.org_id, table.deleted_at.is_(None), is_on_page)
        .order_by(table.account_id, table.id)
    )
    is_open = {
        Task: Task.done_at.is_(None),
        Conflict: Conflict.settled_at.is_(None),
        Appointment: Appointment.ends_at >= appointments_since(),
    }.get(table)
    return query if is_open is None else query.where(is_open)


def _activity_mark(after: str) -> tuple[datetime, Any]:
    at_text, id_text = decode_cursor(after, length=2)
    at, activity_id = clock.parse_iso(at_text), parse_id(id_text)
    if at is None or activity_id is None:
        raise bad_cursor()
    return at, activity_id
