"""What a phone carries: the tables, which of their rows a person's phone may hold, and the row as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.serialise import CONTACT_COLUMNS, JSON_COLUMNS, account_json, contact_json
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.serialise import APPOINTMENT_COLUMNS, appointment_json
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.sync.models import Conflict
from fieldcrm.sync.rows import CONFLICT_FIELDS, conflict_json
from fieldcrm.sync.whose import within_reach
from fieldcrm.visits import queries as visits
from fieldcrm.visits.models import Activity, Attachment, Task
from fieldcrm.visits.serialise import (
    ACTIVITY_COLUMNS,
    ATTACHMENT_COLUMNS,
    TASK_COLUMNS,
    activity_json,
    attachment_json,
    task_json,
)

ACTIVITIES_FOR: Final = timedelta(days=365)
"""How far back a phone carries activities."""
APPOINTMENTS_FOR: Final = timedelta(days=60)
"""How far back a phone that starts anew carries appointments."""

Write = Callable[[Session, Actor, Sequence[Any]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One kind of row: its key in the answers, its kind in ``gone``, its table, columns and JSON."""

    key: str
    kind: str
    table: Any
    columns: tuple[Any, ...]
    write: Write


def _each(write: Callable[[Any], dict[str, Any]]) -> Write:
    return lambda _session, _actor, rows: [write(row) for row in rows]


def _activities(session: Session, actor: Actor, rows: Sequence[Any]) -> list[dict[str, Any]]:
    amendments = visits.amendments_of(session, actor, rows)
    return [activity_json(row, amendments) for row in rows]


# What phones keep of an account that was merged is where it went.
_ACCOUNT_COLUMNS: Final = (*JSON_COLUMNS, Account.merged_into_id)
_CONFLICT_COLUMNS: Final = (*(getattr(Conflict, name) for name in CONFLICT_FIELDS), Conflict.deleted_at)

ACCOUNTS: Final = Source("accounts", "account", Account, _ACCOUNT_COLUMNS, _each(account_json))
ACTIVITIES: Final = Source("activities", "activity", Activity, ACTIVITY_COLUMNS, _activities)
CONTACTS: Final = Source("contacts", "contact", Contact, CONTACT_COLUMNS, _each(contact_json))
TASKS: Final = Source("tasks", "task", Task, TASK_COLUMNS, _each(task_json))
APPOINTMENTS: Final = Source(
    "appointments", "appointment", Appointment, APPOINTMENT_COLUMNS, _each(appointment_json)
)
ATTACHMENTS: Final = Source(
    "attachments", "attachment", Attachment, ATTACHMENT_COLUMNS, _each(attachment_json)
)
CONFLICTS: Final = Source("conflicts", "conflict", Conflict, _CONFLICT_COLUMNS, _each(conflict_json))
SOURCES: Final = (ACCOUNTS, ACTIVITIES, CONTACTS, TASKS, APPOINTMENTS, ATTACHMENTS, CONFLICTS)


def in_reach(actor: Actor, source: Source) -> Select[Any]:
    """Return the query of the rows, deleted ones too, that are ``actor``'s to see.

    What hangs on a deleted account is left out: the account's own leaving takes it along.
    """
    table = source.table
    query = select(*source.columns).where(table.org_id == actor.org_id)
    is_left_out = Account.deleted_at.is_not(None) & table.deleted_at.is_(None)
    return within_reach(query, actor, table, beside=~is_left_out)


def appointments_since() -> datetime:
    """Return until when an appointment must have lasted for a phone that starts anew to carry it."""
    return clock.now() - APPOINTMENTS_FOR


def carried_since() -> datetime:
    """Return the moment since which phones carry activities."""
    return clock.now() - ACTIVITIES_FOR
