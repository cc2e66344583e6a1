"""Reads of activities, tasks and attachments."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, literal_column, or_, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core import audit
from fieldcrm.core.actor import Actor
from fieldcrm.core.clock import iso
from fieldcrm.visits.models import Activity, ActivityAmendment, ActivityOutcome, Attachment, Task
from fieldcrm.visits.rules import VISIT


def find_activity(
    session: Session, actor: Actor, activity_id: uuid.UUID, *, is_locking: bool = False
) -> Activity | None:
    """Return an activity whose account the actor may see, or None."""
    query = (
        select(Activity)
        .join(Account, (Account.org_id == Activity.org_id) & (Account.id == Activity.account_id))
        .where(
            Activity.org_id == actor.org_id,
            Activity.id == activity_id,
            Activity.deleted_at.is_(None),
            scope_filter(actor),
        )
    )
    if is_locking:
        query = query.with_for_update(of=Activity).execution_options(populate_existing=True)
    return session.scalar(query)


def find_any_activity(session: Session, actor: Actor, activity_id: uuid.UUID) -> Activity | None:
    """Return an activity of the organisation whoever may see it (to tell a taken id), or None."""
    return session.scalar(select(Activity).where(Activity.org_id == actor.org_id, Activity.id == activity_id))


def active_outcomes(session: Session, actor: Actor) -> frozenset[int]:
    """Return the numbers of the outcomes that may be chosen."""
    query = select(ActivityOutcome.no).where(
        ActivityOutcome.org_id == actor.org_id,
        ActivityOutcome.is_active,
        ActivityOutcome.deleted_at.is_(None),
    )
    return frozenset(session.scalars(query))


def visit_moments() -> FromClause:
    """Return when which account was visited (org_id, account_id, occurred_at), for rooms that count."""
    # A literal: with a parameter the planner could not tell that the partial index holds them all.
    is_visit = Activity.channel == literal_column(f"'{VISIT}'")
    return (
        select(Activity.org_id, Activity.account_id, Activity.occurred_at)
        .where(is_visit, Activity.deleted_at.is_(None))
        .subquery("visits")
    )


def check_ins() -> FromClause:
    """Return where and when visits began that tell how long they took, for rooms that learn from the ways.

    (org_id, user_id, occurred_at, duration_min, lon, lat)
    """
    return (
        select(
            Activity.org_id,
            Activity.user_id,
            Activity.occurred_at,
            Activity.duration_min,
            Activity.lon,
            Activity.lat,
        )
        .where(
            Activity.channel == literal_column(f"'{VISIT}'"),
            Activity.deleted_at.is_(None),
            Activity.user_id.is_not(None),
            Activity.duration_min.is_not(None),
            Activity.lon.is_not(None),
            Activity.lat.is_not(None),
        )
        .subquery("check_ins")
    )


def last_contact(session: Session, actor: Actor, account_id: uuid.UUID) -> dict[str, Any]:
    """Return when an account was last contacted and visited, and with what outcome."""
    mine = (
        Activity.org_id == actor.org_id,
        Activity.account_id == account_id,
        Activity.deleted_at.is_(None),
    )
    contacted: datetime | None = session.scalar(select(func.max(Activity.occurred_at)).where(*mine))
    visit = session.execute(
        select(Activity.occurred_at, Activity.outcome)
        .where(*mine, Activity.channel == VISIT)
        .order_by(Activity.occurred_at.desc(), Activity.id.desc())
        .limit(1)
    ).one_or_none()
    return {
        "last_contact_at": contacted,
        "last_visit_at": visit.occurred_at if visit else None,
        "last_outcome": visit.outcome if visit else None,
    }


def amendments_of(
    session: Session, actor: Actor, activities: Iterable[Any]
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Return the amendments of those activities that have any, oldest first."""
    ids = [activity.id for activity in activities if activity.is_amended]
    if not ids:
        return {}
    query = (
        select(ActivityAmendment)
        .where(ActivityAmendment.org_id == actor.org_id, ActivityAmendment.activity_id.in_(ids))
        .order_by(ActivityAmendment.at)
    )
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for row in session.scalars(query):
        entry = {"at": iso(row.at), "by": str(row.by) if row.by else None, "previous": row.previous}
        found.setdefault(row.activity_id, []).append(entry)
    return found


def follow_ups_of_author(session: Session, activity: Activity) -> Sequence[tuple[Task, datetime]]:
    """Return the tasks that other activities of the same author made for the account, and their time."""
    query = (
        select(Task, Activity.occurred_at)
        .join(Activity, (Activity.org_id == Task.org_id) & (Activity.id == Task.activity_id))
        .where(
            Task.org_id == activity.org_id,
            Task.account_id == activity.account_id,
            Task.owner_id == activity.user_id,
            Task.deleted_at.is_(None),
            Task.activity_id != activity.id,
            (Task.done_at.is_(None)) | (Activity.occurred_at > activity.occurred_at),
        )
        .with_for_update(of=Task)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def follow_ups_of_many(
    session: Session, actor: Actor, account_ids: Iterable[uuid.UUID], *, after: datetime
) -> Sequence[tuple[Task, datetime]]:
    """Return the author's follow-ups for many accounts: the open ones, and those made after a moment."""
    query = (
        select(Task, Activity.occurred_at)
        .join(Activity, (Activity.org_id == Task.org_id) & (Activity.id == Task.activity_id))
        .where(
            Task.org_id == actor.org_id,
            Task.account_id.in_(account_ids),
            Task.owner_id == actor.user_id,
            Task.deleted_at.is_(None),
            (Task.done_at.is_(None)) | (Activity.occurred_at > after),
        )
        .order_by(Task.id)
        .with_for_update(of=Task)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def find_task_of_activity(session: Session, activity: Activity) -> Task | None:
    """Return the task that the activity's next action made, or None."""
    query = select(Task).where(
        Task.org_id == activity.org_id,
        Task.account_id == activity.account_id,
        Task.activity_id == activity.id,
        Task.deleted_at.is_(None),
    )
    return session.scalar(query.order_by(Task.id).limit(1))


def find_task(session: Session, actor: Actor, task_id: uuid.UUID, *, is_locking: bool = False) -> Task | None:
    """Return a task whose account the actor may see, or None."""
    query = (
        select(Task)
        .join(Account, (Account.org_id == Task.org_id) & (Account.id == Task.account_id))
        .where(
            Task.org_id == actor.org_id,
            Task.id == task_id,
            Task.deleted_at.is_(None),
            Account.deleted_at.is_(None),
            scope_filter(actor),
        )
    )
    if is_locking:
        query = query.with_for_update(of=Task).execution_options(populate_existing=True)
    return session.scalar(query)


def find_any_task(session: Session, actor: Actor, task_id: uuid.UUID) -> Task | None:
    """Return a task of the organisation whoever may see it (to tell a taken id), or None."""
    return session.scalar(select(Task).where(Task.org_id == actor.org_id, Task.id == task_id))


def find_next_task(session: Session, actor: Actor, account_id: uuid.UUID) -> Task | None:
    """Return the account's earliest open task, or None."""
    query = (
        select(Task)
        .where(
            Task.org_id == actor.org_id,
            Task.account_id == account_id,
            Task.deleted_at.is_(None),
            Task.done_at.is_(None),
        )
        .order_by(Task.due_on.asc().nulls_last(), Task.id)
        .limit(1)
    )
    return session.scalar(query)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON can hold them."""
    return {name: audit.plain(value) for name, value in values.items()}


def find_attachment(
    session: Session, actor: Actor, attachment_id: uuid.UUID, *, is_locking: bool = False
) -> Attachment | None:
    """Return an attachment whose account the actor may see, or None."""
    return _attachment(session, actor, attachment_id, reached=scope_filter(actor), is_locking=is_locking)


def find_upload(
    session: Session, actor: Actor, attachment_id: uuid.UUID, *, is_locking: bool = False
) -> Attachment | None:
    """Like ``find_attachment``, and also what the actor added, whoever has the account now."""
    own = Attachment.created_by == actor.user_id
    return _attachment(
        session, actor, attachment_id, reached=or_(own, scope_filter(actor)), is_locking=is_locking
    )


def _attachment(
    session: Session,
    actor: Actor,
    attachment_id: uuid.UUID,
    *,
    reached: ColumnElement[bool],
    is_locking: bool,
) -> Attachment | None:
    query = (
        select(Attachment)
        .join(Account, (Account.org_id == Attachment.org_id) & (Account.id == Attachment.account_id))
        .where(
            Attachment.org_id == actor.org_id,
            Attachment.id == attachment_id,
            Attachment.deleted_at.is_(None),
            reached,
        )
    )
    if is_locking:
        query = query.with_for_update(of=Attachment).execution_options(populate_existing=True)
    return session.scalar(query)
