"""Lists of activities and tasks: timelines, a day, what is due; and the team's day."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.filters import Owner
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.ids import parse_id
from fieldcrm.core.wire import Wire
from fieldcrm.identity.models import User
from fieldcrm.visits import queries
from fieldcrm.visits.models import Activity, ActivityOutcome, Task
from fieldcrm.visits.rules import MET, VISIT
from fieldcrm.visits.serialise import ACTIVITY_COLUMNS, TASK_COLUMNS, activity_json, task_json

Day = date  # a field called "date" would hide the type
MAX_TEAM_DAY: Final = 2000


class ActivityQuery(Wire):
    """Which activities: of an account, a person, a local day."""

    account_id: uuid.UUID | None = None
    user: uuid.UUID | None = None
    date: Day | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class TaskQuery(Wire):
    """Which tasks; without ``done`` the open ones."""

    due_before: date | None = None
    owner: Owner | None = None
    account_id: uuid.UUID | None = None
    done: bool = False
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class TeamQuery(Wire):
    """Which local day; today without."""

    date: Day | None = None


def list_activities(session: Session, actor: Actor, query: ActivityQuery) -> dict[str, Any]:
    """Return one page of activities on accounts the actor may see, newest first."""
    found = _activities(actor).order_by(Activity.occurred_at.desc(), Activity.id.desc())
    if query.account_id:
        found = found.where(Activity.account_id == query.account_id)
    else:
        found = found.where(Account.deleted_at.is_(None))
    if query.user:
        found = found.where(Activity.user_id == query.user)
    if query.date:
        found = found.where(_on_day(query.date, actor.timezone))
    if query.cursor:
        found = found.where(_before(query.cursor))
    rows = list(session.execute(found.limit(query.limit + 1)))
    next_cursor = None
    if len(rows) > query.limit:
        rows = rows[: query.limit]
        next_cursor = encode_cursor([clock.iso(rows[-1].occurred_at), str(rows[-1].id)])
    amendments = queries.amendments_of(session, actor, rows)
    return {"items": [activity_json(row, amendments) for row in rows], "next_cursor": next_cursor}


def list_tasks(session: Session, actor: Actor, query: TaskQuery) -> dict[str, Any]:
    """Return one page of tasks, the earliest due first, those without a day last."""
    due = Task.due_on
    found = (
        select(*TASK_COLUMNS)
        .join(Account, (Account.org_id == Task.org_id) & (Account.id == Task.account_id))
        .where(
            Task.org_id == actor.org_id,
            Task.deleted_at.is_(None),
            Task.done_at.is_not(None) if query.done else Task.done_at.is_(None),
            Account.deleted_at.is_(None),
            scope_filter(actor),
        )
        .order_by(due.asc().nulls_last(), Task.id)
    )
    if query.account_id:
        found = found.where(Task.account_id == query.account_id)
    if query.due_before:
        found = found.where(due < query.due_before)
    if query.owner == "none":
        found = found.where(Task.owner_id.is_(None))
    elif query.owner is not None:
        owner_id = actor.user_id if query.owner == "me" else query.owner
        found = found.where(Task.owner_id == owner_id)
    if query.cursor:
        found = found.where(_due_after(query.cursor))
    rows = list(session.execute(found.limit(query.limit + 1)))
    next_cursor = None
    if len(rows) > query.limit:
        rows = rows[: query.limit]
        last = rows[-1]
        next_cursor = encode_cursor([str(last.due_on) if last.due_on else None, str(last.id)])
    return {"items": [task_json(row) for row in rows], "next_cursor": next_cursor}


def team_day(session: Session, actor: Actor, day: date | None) -> dict[str, Any]:
    """Return what the team did on a local day; a rep sees what they did themselves."""
    day = day or clock.local_date(clock.now(), actor.timezone)
    found = (
        _activities(actor)
        .add_columns(
            Account.name.label("account_name"),
            User.name.label("user_name"),
            ActivityOutcome.code.label("outcome_code"),
        )
        .outerjoin(User, (User.org_id == Activity.org_id) & (User.id == Activity.user_id))
        .outerjoin(
            ActivityOutcome,
            (ActivityOutcome.org_id == Activity.org_id) & (ActivityOutcome.no == Activity.outcome),
        )
        .where(Account.deleted_at.is_(None), _on_day(day, actor.timezone))
        .order_by(Activity.occurred_at.desc(), Activity.id.desc())
        .limit(MAX_TEAM_DAY)
    )
    if actor.role is Role.REP:
        found = found.where(Activity.user_id == actor.user_id)
    rows = list(session.execute(found))
    amendments = queries.amendments_of(session, actor, rows)
    items = [
        activity_json(row, amendments) | {"account_name": row.account_name, "user_name": row.user_name}
        for row in rows
    ]
    return {"date": str(day), "items": items, "by_user": _by_user(rows)}


def _by_user(rows: list[Any]) -> list[dict[str, Any]]:
    """Return a line a person; ``rows`` are newest first, so that a person's first is the last done."""
    people: dict[uuid.UUID | None, dict[str, Any]] = {}
    for row in rows:
        person = people.setdefault(
            row.user_id,
            {
                "user_id": str(row.user_id) if row.user_id else None,
                "name": row.user_name,
                "visits": 0,
                "met": 0,
                "last_at": clock.iso(row.occurred_at),
            },
        )
        if row.channel == VISIT:
            person["visits"] += 1
            person["met"] += row.outcome_code == MET
    return list(people.values())


def _activities(actor: Actor) -> Select[Any]:
    return (
        select(*ACTIVITY_COLUMNS)
        .join(Account, (Account.org_id == Activity.org_id) & (Account.id == Activity.account_id))
        .where(Activity.org_id == actor.org_id, Activity.deleted_at.is_(None), scope_filter(actor))
    )


def _on_day(day: date, timezone: str) -> ColumnElement[bool]:
    start = datetime.combine(day, time.min, ZoneInfo(timezone))
    end = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(timezone))
    return and_(Activity.occurred_at >= start, Activity.occurred_at < end)


def _before(cursor: str) -> ColumnElement[bool]:
    at_text, id_text = decode_cursor(cursor, length=2)
    at, activity_id = clock.parse_iso(at_text), parse_id(id_text)
    if at is None or activity_id is None:
        raise bad_cursor()
    same = and_(Activity.occurred_at == at, Activity.id < activity_id)
    return and_(Activity.occurred_at <= at, or_(Activity.occurred_at < at, same))


def _due_after(cursor: str) -> ColumnElement[bool]:
    due_text, id_text = decode_cursor(cursor, length=2)
    task_id = parse_id(id_text)
    if task_id is None:
        raise bad_cursor()
    if due_text is None:
        return and_(Task.due_on.is_(None), Task.id > task_id)
    try:
        due = date.fromisoformat(str(due_text))
    except ValueError:
        raise bad_cursor() from None
    same = and_(Task.due_on == due, Task.id > task_id)
    return or_(Task.due_on.is_(None), Task.due_on > due, same)
