"""What logging an activity has to know: asked when it is needed, or read ahead for many at once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import known
from fieldcrm.visits import queries
from fieldcrm.visits.models import Activity, Task
from fieldcrm.visits.schemas import ActivityDraft

FollowUps = Sequence[tuple[Task, datetime]]


class Known:
    """What there is to know about one account, asked of the database."""

    def __init__(self, session: Session, actor: Actor, account_id: uuid.UUID) -> None:
        self._session, self._actor, self._account_id = session, actor, account_id

    def stored(self, activity_id: uuid.UUID) -> Activity | None:
        """Return the activity that has this id already, whoever may see it."""
        return queries.find_any_activity(self._session, self._actor, activity_id)

    def outcomes(self) -> frozenset[int]:
        """Return the outcomes that may be chosen; read once a transaction."""
        mind = known(self._session)
        if "outcomes" not in mind:
            mind["outcomes"] = queries.active_outcomes(self._session, self._actor)
        return cast("frozenset[int]", mind["outcomes"])

    def strangers(self, contact_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
        """Return those who are no contacts of the account."""
        return frozenset(contact_ids) - accounts.contact_ids_of(self._session, self._actor, self._account_id)

    def follow_ups(self, activity: Activity) -> FollowUps:
        """Return the tasks that other activities of its author made for the account, and their times."""
        return queries.follow_ups_of_author(self._session, activity)


@dataclass(slots=True)
class _Ahead:
    """What was read for many activities at once, by account."""

    account_ids: set[uuid.UUID]
    taken_ids: frozenset[uuid.UUID]
    contact_ids: Mapping[uuid.UUID, frozenset[uuid.UUID]]
    follow_ups: Mapping[uuid.UUID, FollowUps] = field(default_factory=dict)


class _KnownAhead(Known):
    def __init__(self, session: Session, actor: Actor, account_id: uuid.UUID, *, ahead: _Ahead) -> None:
        super().__init__(session, actor, account_id)
        self._ahead = ahead

    def stored(self, activity_id: uuid.UUID) -> Activity | None:
        return super().stored(activity_id) if activity_id in self._ahead.taken_ids else None

    def strangers(self, contact_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
        known_ahead = self._ahead.contact_ids.get(self._account_id, frozenset())
        # Who is not among them may have been added since.
        return super().strangers(contact_ids) if frozenset(contact_ids) - known_ahead else frozenset()

    def follow_ups(self, activity: Activity) -> FollowUps:
        found = self._ahead.follow_ups.get(self._account_id, ())
        return [
            (task, at)
            for task, at in found
            if task.activity_id != activity.id and (task.done_at is None or at > activity.occurred_at)
        ]


def known_of(session: Session, actor: Actor, account_id: uuid.UUID) -> Known:
    """Return what is known of an account; what was read ahead serves one activity, which changes it."""
    ahead: _Ahead | None = known(session).get("visits_ahead")
    if ahead is None or account_id not in ahead.account_ids:
        return Known(session, actor, account_id)
    ahead.account_ids.discard(account_id)
    return _KnownAhead(session, actor, account_id, ahead=ahead)


def read_ahead(session: Session, actor: Actor, drafts: Sequence[ActivityDraft]) -> None:
    """Read for many activities of one author at once; their accounts are locked by now."""
    ids = [draft.id for draft in drafts if draft.id is not None]
    present = select(Activity.id).where(Activity.org_id == actor.org_id, Activity.id.in_(ids))
    meeting = {draft.account_id for draft in drafts if draft.contact_ids}
    planning = [draft for draft in drafts if draft.next_action or draft.next_action_on]
    known(session)["visits_ahead"] = _Ahead(
        account_ids={draft.account_id for draft in drafts},
        taken_ids=frozenset(session.scalars(present)),
        contact_ids=accounts.contact_ids_of_many(session, actor, meeting) if meeting else {},
        follow_ups=_follow_ups(session, actor, planning) if planning else {},
    )


def _follow_ups(
    session: Session, actor: Actor, drafts: Iterable[ActivityDraft]
) -> Mapping[uuid.UUID, FollowUps]:
    earliest = min(draft.occurred_at for draft in drafts)
    found: dict[uuid.UUID, list[tuple[Task, datetime]]] = defaultdict(list)
    for task, at in queries.follow_ups_of_many(
        session, actor, {draft.account_id for draft in drafts}, after=earliest
    ):
        found[task.account_id].append((task, at))
    return found
