"""Use cases of visits: log a contact on any channel, change or amend it. The room's public face.

Services never commit. What concerns an account that the actor may not see is NotFound.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import flush
from fieldcrm.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from fieldcrm.identity.policy import Scope, scope_of
from fieldcrm.visits import following, handing_over, queries, rules
from fieldcrm.visits.knowledge import Known, known_of
from fieldcrm.visits.models import Activity, ActivityAmendment
from fieldcrm.visits.outcomes import seed_defaults
from fieldcrm.visits.queries import check_ins, visit_moments
from fieldcrm.visits.schemas import ActivityChange, ActivityDraft
from fieldcrm.visits.serialise import activity_json
from fieldcrm.visits.tasks import follow_up, move_follow_up

__all__ = [
    "amend_activity",
    "check_ins",
    "following",
    "get_activity",
    "handing_over",
    "log_activity",
    "seed_defaults",
    "visit_moments",
]

_AMENDABLE = (
    "channel",
    "outcome",
    "note",
    "occurred_at",
    "duration_min",
    "next_action",
    "next_action_on",
    "contact_ids",
)
_NEVER_EMPTY = ("channel", "occurred_at", "contact_ids", "win_prob", "status")


def log_activity(
    session: Session, actor: Actor, draft: ActivityDraft, *, stands: Mapping[str, bool] | None = None
) -> Activity:
    """Log a contact: update its account, and make its next action a task.

    ``stands`` tells whether its status and win probability hold on the account; without it the newest
    contact decides.

    Logging again with the same id and the same content returns what is stored; with other content
    it raises Conflict.
    """
    known = known_of(session, actor, draft.account_id)
    stored = _stored(session, actor, draft, known=known)
    if stored is not None:
        return stored
    # Locks the account: the same visit sent twice at once waits here, and then is found.
    accounts.lock_contacted(session, actor, draft.account_id)
    stored = _stored(session, actor, draft, known=known)
    if stored is not None:
        return stored
    _demand_valid(draft, known=known)
    effect = accounts.apply_activity(session, actor, _contacted(draft, stands or {}))
    place = draft.position
    activity = Activity(
        org_id=actor.org_id,
        user_id=actor.user_id,
        recorded_at=actor.acted_at,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        accuracy_m=place.accuracy_m if place else None,
        status_before=effect.status_before,
        status_after=effect.status_after,
        win_prob_before=effect.win_prob_before,
        win_prob_after=effect.win_prob_after,
        **_columns(draft),
    )
    if draft.id is not None:
        activity.id = draft.id
    session.add(activity)
    flush(session)
    if activity.next_action or activity.next_action_on:
        follow_up(session, actor, activity, former=known.follow_ups(activity))
    return activity


def get_activity(session: Session, actor: Actor, activity_id: uuid.UUID) -> Activity:
    """Return an activity whose account the actor may see, or raise NotFound."""
    activity = queries.find_activity(session, actor, activity_id)
    if activity is None:
        raise NotFound()
    return activity


def amend_activity(
    session: Session, actor: Actor, activity_id: uuid.UUID, change: ActivityChange
) -> Activity:
    """Change an activity: its author on the same day freely, later (or an administrator) amending.

    An amendment keeps what the activity said before.
    """
    found = queries.find_activity(session, actor, activity_id)
    if found is None:
        raise NotFound()
    # The account first, as everywhere: two writers never wait for each other in a ring.
    accounts.lock_contacted(session, actor, found.account_id)
    activity = queries.find_activity(session, actor, activity_id, is_locking=True)
    if activity is None:
        raise NotFound()
    is_author = activity.user_id == actor.user_id
    if not is_author and scope_of(actor, "activities.update") is not Scope.ALL:
        raise Forbidden("not_the_author")
    given = {name: getattr(change, name) for name in change.model_fields_set - {"base_version"}}
    accounts.demand_fresh(
        session,
        activity,
        change.base_version,
        names=given,
        current=lambda: activity_json(activity, queries.amendments_of(session, actor, [activity])),
    )
    missing = [name for name in _NEVER_EMPTY if name in given and given[name] is None]
    if missing:
        raise Invalid(*(FieldError(name, "required") for name in missing))
    _demand_valid(change, known=known_of(session, actor, activity.account_id))
    previous = {name: getattr(activity, name) for name in _AMENDABLE}
    previous |= {"win_prob_after": activity.win_prob_after, "status_after": activity.status_after}
    for name in _AMENDABLE:
        if name in given and given[name] != getattr(activity, name):
            setattr(activity, name, given[name])
    if "win_prob" in given:
        activity.win_prob_after = given["win_prob"]
    if "status" in given:
        activity.status_after = given["status"]
    changed = {name: old for name, old in previous.items() if getattr(activity, name) != old}
    if changed:
        _keep_original(session, actor, activity, changed, is_author=is_author)
        session.flush()
        _carry_over(session, actor, activity, given=given, changed=changed)
    return activity


def _keep_original(
    session: Session, actor: Actor, activity: Activity, previous: dict[str, Any], *, is_author: bool
) -> None:
    at = actor.acted_at
    if not rules.is_amendment(
        is_author=is_author,
        recorded_on=clock.local_date(activity.recorded_at, actor.timezone),
        today=clock.local_date(at, actor.timezone),
    ):
        return
    activity.is_amended = True
    session.add(
        ActivityAmendment(
            org_id=actor.org_id,
            activity_id=activity.id,
            at=at,
            by=actor.user_id,
            previous=queries.plain(previous),
        )
    )


def _carry_over(
    session: Session,
    actor: Actor,
    activity: Activity,
    *,
    given: dict[str, Any],
    changed: dict[str, Any],
) -> None:
    """Bring the account and the task in line with a changed activity."""
    if "win_prob" in given or "status" in given:
        accounts.apply_activity(
            session,
            actor,
            accounts.Contacted(
                account_id=activity.account_id,
                at=activity.occurred_at,
                is_visit=False,
                status=given.get("status"),
                win_prob=given.get("win_prob"),
            ),
        )
    if changed.keys() & {"channel", "outcome", "occurred_at"}:
        last = queries.last_contact(session, actor, activity.account_id)
        accounts.set_last_contact(session, actor, activity.account_id, **last)
    if changed.keys() & {"next_action", "next_action_on"}:
        move_follow_up(session, actor, activity)


def _contacted(draft: ActivityDraft, stands: Mapping[str, bool]) -> accounts.Contacted:
    return accounts.Contacted(
        account_id=draft.account_id,
        at=draft.occurred_at,
        is_visit=draft.channel == rules.VISIT,
        outcome=draft.outcome,
        status=draft.status,
        win_prob=draft.win_prob,
        next_action=draft.next_action,
        next_action_on=draft.next_action_on,
        stands=stands,
    )


def _demand_valid(given: ActivityDraft | ActivityChange, *, known: Known) -> None:
    errors: list[FieldError] = []
    if given.occurred_at is not None:
        problem = rules.moment_problem(given.occurred_at, clock.now())
        if problem:
            errors.append(FieldError("occurred_at", problem))
    if given.outcome is not None and given.outcome not in known.outcomes():
        errors.append(FieldError("outcome", "not_a_choice"))
    if isinstance(given, ActivityDraft) and given.position is not None and given.channel != rules.VISIT:
        errors.append(FieldError("position", "only_at_visit"))
    if given.contact_ids:
        strangers = known.strangers(given.contact_ids)
        errors += [
            FieldError(f"contact_ids.{index}", "unknown_reference")
            for index, contact_id in enumerate(given.contact_ids)
            if contact_id in strangers
        ]
    if errors:
        raise Invalid(*errors)


def _columns(draft: ActivityDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in ("account_id", *_AMENDABLE)}


def _stored(session: Session, actor: Actor, draft: ActivityDraft, *, known: Known) -> Activity | None:
    present = None if draft.id is None else known.stored(draft.id)
    if present is None:
        return None
    is_own = present.user_id == actor.user_id
    if is_own and accounts.is_same_creation(session, present, _columns(draft)):
        return present
    raise Conflict("id_taken")
