"""Tasks: a visit's next action becomes one; done, undone and moved, the account follows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import flush
from fieldcrm.core.errors import Conflict, FieldError, Invalid, NotFound
from fieldcrm.core.messages import say
from fieldcrm.visits import queries
from fieldcrm.visits.models import Activity, Task
from fieldcrm.visits.schemas import TaskChange, TaskDraft
from fieldcrm.visits.serialise import task_json


def follow_up(
    session: Session, actor: Actor, activity: Activity, *, former: Sequence[tuple[Task, datetime]]
) -> Task | None:
    """Make the activity's next action a task, in place of its author's former one for the account.

    ``former`` are that author's other follow-ups with their times. Returns None when the author has
    planned anew since (the activity arrived late).
    """
    if any(occurred_at > activity.occurred_at for _, occurred_at in former):
        return None
    for task, _ in former:
        if task.done_at is None:
            task.done_at = actor.acted_at
    task = Task(
        org_id=actor.org_id,
        account_id=activity.account_id,
        owner_id=activity.user_id,
        activity_id=activity.id,
        title=activity.next_action or say("next_visit", actor.locale),
        due_on=activity.next_action_on,
    )
    session.add(task)
    flush(session)
    return task


def move_follow_up(session: Session, actor: Actor, activity: Activity) -> None:
    """Bring the task of an activity in line with its changed next action."""
    task = queries.find_task_of_activity(session, activity)
    is_planned = bool(activity.next_action or activity.next_action_on)
    if task is None and is_planned:
        follow_up(session, actor, activity, former=queries.follow_ups_of_author(session, activity))
    elif task is not None and is_planned:
        task.title = activity.next_action or say("next_visit", actor.locale)
        task.due_on = activity.next_action_on
    elif task is not None and task.done_at is None:
        task.done_at = actor.acted_at
    session.flush()
    refresh_next_action(session, actor, activity.account_id)


def create_task(session: Session, actor: Actor, draft: TaskDraft) -> Task:
    """Add something to do; the same id with the same content again returns what is stored."""
    accounts.lock_contacted(session, actor, draft.account_id)
    owner_id = draft.owner_id or actor.user_id
    if (
        draft.owner_id is not None
        and draft.owner_id not in accounts.catalogue_of(session, actor).team_of_owner
    ):
        raise Invalid(FieldError("owner_id", "unknown_reference"))
    columns = {
        "account_id": draft.account_id, "owner_id": owner_id, "title": draft.title, "due_on": draft.due_on
    }  # fmt: skip
    present = None if draft.id is None else queries.find_any_task(session, actor, draft.id)
    if present is not None:
        if present.created_by == actor.user_id and accounts.is_same_creation(session, present, columns):
            return present
        raise Conflict("id_taken")
    task = Task(org_id=actor.org_id, **columns)
    if draft.id is not None:
        task.id = draft.id
    session.add(task)
    session.flush()
    refresh_next_action(session, actor, task.account_id)
    return task


def update_task(session: Session, actor: Actor, task_id: uuid.UUID, change: TaskChange) -> Task:
    """Mark a task done or not, rename or move it."""
    found = queries.find_task(session, actor, task_id)
    if found is None:
        raise NotFound()
    accounts.lock_contacted(session, actor, found.account_id)
    task = queries.find_task(session, actor, task_id, is_locking=True)
    if task is None:
        raise NotFound()
    given = {name: getattr(change, name) for name in change.model_fields_set - {"base_version"}}
    for name in ("done", "title"):
        if name in given and given[name] is None:
            raise Invalid(FieldError(name, "required"))
    touched = {"done_at" if name == "done" else name for name in given}
    accounts.demand_fresh(session, task, change.base_version, names=touched, current=lambda: task_json(task))
    if "done" in given and given["done"] != (task.done_at is not None):
        task.done_at = actor.acted_at if given["done"] else None
    for name in ("title", "due_on"):
        if name in given and given[name] != getattr(task, name):
            setattr(task, name, given[name])
    session.flush()
    refresh_next_action(session, actor, task.account_id)
    return task


def refresh_next_action(session: Session, actor: Actor, account_id: uuid.UUID) -> None:
    """Show the account's earliest open task as its next action."""
    task = queries.find_next_task(session, actor, account_id)
    accounts.set_next_action(
        session,
        actor,
        account_id,
        title=task.title if task else None,
        due=task.due_on if task else None,
    )
