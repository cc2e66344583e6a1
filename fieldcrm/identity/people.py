"""The people of an organisation as administrators look after them; an active administrator always remains."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import advance_clock
from fieldcrm.core.errors import Conflict, FieldError, Invalid
from fieldcrm.core.paging import PageQuery
from fieldcrm.identity import queries, rules, service, sessions, teams, tokens
from fieldcrm.identity.models import User, UserSession
from fieldcrm.identity.signals import person_left


class Person(NamedTuple):
    """Somebody of the organisation, as the list of people shows them."""

    id: uuid.UUID
    email: str
    name: str
    role: str
    is_active: bool
    team_ids: list[uuid.UUID]
    last_seen_at: datetime | None
    new_email: str | None
    new_email_until: datetime | None


def list_people(session: Session, actor: Actor, page: PageQuery) -> tuple[list[Person], str | None]:
    """Return a page of everybody by name, those who left too, and the mark of the next."""
    users, next_cursor = queries.page_of_users(session, actor.org_id, page)
    return _people(session, actor, users), next_cursor


def get_person(session: Session, actor: Actor, user_id: uuid.UUID) -> Person:
    """Return one of them, or raise NotFound."""
    return _people(session, actor, [service.get_user(session, actor, user_id)])[0]


def update_person(
    session: Session,
    actor: Actor,
    user_id: uuid.UUID,
    *,
    name: str | None = None,
    role: Role | None = None,
    team_ids: Collection[uuid.UUID] | None = None,
) -> None:
    """Change name, role or teams; what is None stays. Raises Invalid, NotFound, Conflict."""
    user = service.get_user(session, actor, user_id)
    if team_ids is not None:
        teams.set_teams_of(session, actor, user_id, team_ids)
    if name is not None:
        user.name = rules.one_line(name)
    if role is not None and role != user.role:
        user.role = role.value
        _demand_administrator(session, actor)
    session.flush()


def deactivate(
    session: Session, actor: Actor, user_id: uuid.UUID, *, owner_id: uuid.UUID | None
) -> dict[str, int]:
    """Shut a person out at once and hand what is theirs over; return how much, by kind.

    To ``owner_id``, or with None to nobody: then it stays with the team. Sessions and tokens end.
    Raises Invalid at ``owner_id``, NotFound, Conflict.
    """
    user = service.get_user(session, actor, user_id)
    if owner_id is not None:
        heir = queries.find_user(session, org_id=actor.org_id, user_id=owner_id)
        if heir is None or not heir.is_active or heir.deleted_at is not None:
            raise Invalid(FieldError("owner_id", "unknown_reference"))
    if user_id == actor.user_id:
        raise Conflict("not_oneself")
    if owner_id == user_id:
        raise Conflict("last_administrator" if user.role == Role.ADMINISTRATOR else "not_oneself")
    handed_over: dict[str, int] = {}
    # In the order in which their own requests take locks: session or token, accounts, the clock.
    sessions.end_sessions_of(session, org_id=actor.org_id, user_id=user_id)
    tokens.revoke_all_of(session, actor, user_id)
    for _receiver, counts in person_left.send(session, actor=actor, user_id=user_id, heir_id=owner_id):
        handed_over.update(counts)
    service.deactivate_user(session, actor, user_id=user_id)
    _demand_administrator(session, actor)
    return handed_over


def reactivate(session: Session, actor: Actor, user_id: uuid.UUID) -> None:
    """Let somebody in again, with their password and teams of before. Raises NotFound, Conflict."""
    user = service.get_user(session, actor, user_id)
    if user.is_active:
        raise Conflict("still_active")
    user.is_active = True
    session.flush()


def _demand_administrator(session: Session, actor: Actor) -> None:
    """Raise Conflict unless somebody is left who may put everything right.

    The clock's row is locked first: of two administrators who demote each other, the second is refused.
    """
    session.flush()
    advance_clock(session)
    left = select(func.count()).where(
        User.org_id == actor.org_id,
        User.role == Role.ADMINISTRATOR,
        User.is_active,
        User.deleted_at.is_(None),
        User.password_hash.is_not(None),
    )
    if session.scalar(left) == 0:
        raise Conflict("last_administrator")


def _people(session: Session, actor: Actor, users: Sequence[User]) -> list[Person]:
    shown = [user.id for user in users]
    teams_of = queries.team_ids_by_user(session, actor.org_id, only=shown)
    seen = (
        select(UserSession.user_id, func.max(UserSession.last_seen_at).label("at"))
        .where(UserSession.org_id == actor.org_id, UserSession.user_id.in_(shown))
        .group_by(UserSession.user_id)
    )
    seen_at = {row.user_id: row.at for row in session.execute(seen)}
    return [
        Person(
            user.id,
            user.email,
            user.name,
            user.role,
            user.is_active,
            teams_of.get(user.id, []),
            seen_at.get(user.id),
            user.new_email,
            user.new_email_until,
        )
        for user in users
    ]
