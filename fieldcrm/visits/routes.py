"""URLs of visits: activities, tasks, outcomes, the team's day."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint

from fieldcrm.accounts import service as accounts
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import answer_once_made, endpoint
from fieldcrm.visits import messages, outcomes, queries, service, tasks, timelines
from fieldcrm.visits.models import Activity
from fieldcrm.visits.schemas import (
    ActivityChange,
    ActivityDraft,
    ActivityOut,
    ActivityPage,
    OutcomeChange,
    OutcomeIn,
    OutcomeList,
    OutcomeOut,
    TaskChange,
    TaskDraft,
    TaskOut,
    TaskPage,
    TeamDay,
)
from fieldcrm.visits.serialise import activity_json, task_json
from fieldcrm.visits.timelines import ActivityQuery, TaskQuery, TeamQuery

__all__ = ["bp", "messages"]

bp = APIBlueprint("visits", __name__)


@bp.get("/api/activities")
@endpoint("activities.read", query=ActivityQuery, answer=ActivityPage)
def list_activities(*, actor: Actor, query: ActivityQuery) -> dict[str, Any]:
    """List activities, newest first."""
    return timelines.list_activities(db.session(), actor, query)


@bp.get("/api/accounts/<uuid:account_id>/activities")
@endpoint("activities.read", query=ActivityQuery, answer=ActivityPage)
def list_timeline(*, actor: Actor, account_id: uuid.UUID, query: ActivityQuery) -> dict[str, Any]:
    """List an account's activities, newest first."""
    accounts.get_account(db.session(), actor, account_id, with_deleted=True)
    query = query.model_copy(update={"account_id": account_id})
    return timelines.list_activities(db.session(), actor, query)


@bp.post("/api/activities")
@endpoint("activities.create", body=ActivityDraft, answer=ActivityOut, status=201)
@details(also=(200,), problems=(404,))
def log_activity(*, actor: Actor, body: ActivityDraft) -> Any:
    """Log a contact; 201, or 200 when the same was logged before."""
    session = db.session()
    activity = service.log_activity(session, actor, body)
    return answer_once_made(session, activity, _json(actor, activity))


@bp.get("/api/activities/<uuid:activity_id>")
@endpoint("activities.read", answer=ActivityOut)
def get_activity(*, actor: Actor, activity_id: uuid.UUID) -> dict[str, Any]:
    """Return an activity."""
    return _json(actor, service.get_activity(db.session(), actor, activity_id))


@bp.patch("/api/activities/<uuid:activity_id>")
@endpoint("activities.update", body=ActivityChange, answer=ActivityOut)
def amend_activity(*, actor: Actor, activity_id: uuid.UUID, body: ActivityChange) -> dict[str, Any]:
    """Change an activity; after its day the original is kept."""
    return _json(actor, service.amend_activity(db.session(), actor, activity_id, body))


@bp.get("/api/tasks")
@endpoint("tasks.read", query=TaskQuery, answer=TaskPage)
def list_tasks(*, actor: Actor, query: TaskQuery) -> dict[str, Any]:
    """List tasks, the earliest due first."""
    return timelines.list_tasks(db.session(), actor, query)


@bp.post("/api/tasks")
@endpoint("tasks.update", body=TaskDraft, answer=TaskOut, status=201)
@details(also=(200,), problems=(404, 409))
def create_task(*, actor: Actor, body: TaskDraft) -> Any:
    """Add something to do; 201, or 200 when the same was added before."""
    session = db.session()
    task = tasks.create_task(session, actor, body)
    return answer_once_made(session, task, task_json(task))


@bp.patch("/api/tasks/<uuid:task_id>")
@endpoint("tasks.update", body=TaskChange, answer=TaskOut)
def update_task(*, actor: Actor, task_id: uuid.UUID, body: TaskChange) -> dict[str, Any]:
    """Mark a task done or not, rename or move it."""
    return task_json(tasks.update_task(db.session(), actor, task_id, body))


@bp.get("/api/outcomes")
@endpoint("activities.read", answer=OutcomeList)
def list_outcomes(*, actor: Actor) -> dict[str, Any]:
    """List the organisation's outcomes."""
    found = outcomes.list_outcomes(db.session(), actor)
    items = [OutcomeOut.model_validate(row).model_dump(mode="json") for row in found]
    return {"items": items, "next_cursor": None}


@bp.post("/api/outcomes")
@endpoint("accounts.settings", body=OutcomeIn, answer=OutcomeOut, status=201)
def create_outcome(*, actor: Actor, body: OutcomeIn) -> OutcomeOut:
    """Add an outcome."""
    values = body.model_dump(exclude_none=True)
    return OutcomeOut.model_validate(outcomes.create_outcome(db.session(), actor, values))


@bp.patch("/api/outcomes/<int:no>")
@endpoint("accounts.settings", body=OutcomeChange, answer=OutcomeOut)
def update_outcome(*, actor: Actor, no: int, body: OutcomeChange) -> OutcomeOut:
    """Change an outcome."""
    values = body.model_dump(exclude_none=True)
    return OutcomeOut.model_validate(outcomes.update_outcome(db.session(), actor, no, values))


@bp.get("/api/team/today")
@endpoint("team.read", query=TeamQuery, answer=TeamDay)
def team_today(*, actor: Actor, query: TeamQuery) -> dict[str, Any]:
    """Return the team's day."""
    return timelines.team_day(db.session(), actor, query.date)


def _json(actor: Actor, activity: Activity) -> dict[str, Any]:
    return activity_json(activity, queries.amendments_of(db.session(), actor, [activity]))
