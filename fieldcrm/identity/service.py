"""Use cases of identity: organisations, people, teams."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fieldcrm.core import audit
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import db
from fieldcrm.core.errors import FieldError, Invalid, NotFound
from fieldcrm.core.ids import new_id
from fieldcrm.identity import queries, rules, sessions
from fieldcrm.identity.models import (
    Organisation,
    OrganisationSlug,
    PasswordReset,
    SignInName,
    Team,
    TeamMember,
    User,
)
from fieldcrm.identity.passwords import hash_password
from fieldcrm.identity.policy import Scope, scope_of
from fieldcrm.identity.signals import organisation_created


def reserve_org_id() -> int:
    """Return a number no organisation has; the actor of its creation is ``system_actor(number)``."""
    number: int = db.session.scalar(text("select nextval('organisation_ids')"))
    return number


def resolve_slug(slug: str) -> int | None:
    """Return the id of the organisation with that short name, or None."""
    return queries.find_org_id(db.session(), slug)


def create_organisation(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    name: str,
    locale: str = "ja",
    timezone: str = "Asia/Tokyo",
) -> Organisation:
    """Create the organisation ``actor.org_id`` (see ``reserve_org_id``) with every room's defaults.

    Raises Invalid when the slug is malformed or taken, or the time zone unknown.
    """
    if not rules.is_slug(slug):
        raise Invalid(FieldError("slug", "bad_slug"))
    if timezone not in available_timezones():
        raise Invalid(FieldError("timezone", "unknown_timezone"))
    organisation = Organisation(
        org_id=actor.org_id, name=name, slug=slug, locale=locale, timezone=str(ZoneInfo(timezone))
    )
    session.add(organisation)
    session.flush()
    _take(
        session,
        insert_into=OrganisationSlug,
        field="slug",
        values={"slug": slug, "org_id": actor.org_id},
    )
    organisation_created.send(session, actor=actor)
    return organisation


def create_user(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: Role,
    password: str | None = None,
    locale: str | None = None,
    team_ids: Iterable[uuid.UUID] = (),
) -> User:
    """Create a person; without a password they cannot sign in yet.

    Raises Invalid when the e-mail is malformed or someone's already, or the password too weak.
    """
    address = rules.normal_email(email)
    if not rules.is_email(address):
        raise Invalid(FieldError("email", "bad_email"))
    if password is not None:
        demand_good_password(password, email=address)
    user = User(
        org_id=actor.org_id,
        id=new_id(),
        email=address,
        name=name,
        role=role.value,
        locale=locale,
        password_hash=None if password is None else hash_password(password),
    )
    _take(
        session,
        insert_into=SignInName,
        field="email",
        values={"email": address, "org_id": actor.org_id, "user_id": user.id},
    )
    session.add(user)
    session.flush()
    for team_id in team_ids:
        add_member(session, actor, team_id=team_id, user_id=user.id)
    return user


def create_team(session: Session, actor: Actor, *, name: str) -> Team:
    """Create a team."""
    team = Team(org_id=actor.org_id, id=new_id(), name=name)
    session.add(team)
    session.flush()
    return team


def add_member(session: Session, actor: Actor, *, team_id: uuid.UUID, user_id: uuid.UUID) -> TeamMember:
    """Put a person into a team."""
    member = TeamMember(org_id=actor.org_id, id=new_id(), team_id=team_id, user_id=user_id)
    session.add(member)
    session.flush()
    return member


def set_password(session: Session, actor: Actor, *, user_id: uuid.UUID, password: str) -> None:
    """Give a person a new password and sign them out everywhere; mailed ways back in are closed.

    Raises Invalid at ``password`` when it is too weak.
    """
    user = get_user(session, actor, user_id)
    demand_good_password(password, email=user.email)
    user.password_hash = hash_password(password)
    audit.record(session, action="set_password", entity="users", entity_id=user_id, changes={})
    close_ways_in(session, actor, user_id=user_id)


def set_locale(session: Session, actor: Actor, *, locale: str) -> User:
    """Remember the language that ``actor`` chose."""
    if actor.user_id is None:
        raise NotFound()
    user = get_user(session, actor, actor.user_id)
    user.locale = locale
    return user


def deactivate_user(session: Session, actor: Actor, *, user_id: uuid.UUID) -> None:
    """Shut a person out at once; what they wrote stays."""
    user = get_user(session, actor, user_id)
    user.is_active = False
    sessions.end_sessions_of(session, org_id=actor.org_id, user_id=user_id)


def get_user(session: Session, actor: Actor, user_id: uuid.UUID) -> User:
    """Return a person of the organisation, or raise NotFound."""
    user = queries.find_user(session, org_id=actor.org_id, user_id=user_id)
    if user is None:
        raise NotFound()
    return user


def team_ids_of(session: Session, actor: Actor, user_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Return the teams a person is in."""
    return queries.team_ids_by_user(session, actor.org_id).get(user_id, [])


def people_within(session: Session, actor: Actor, policy: str) -> frozenset[uuid.UUID]:
    """Return the ids of the active people whom ``policy`` reaches: oneself, one's teams, or everybody."""
    scope = scope_of(actor, policy)
    if scope is Scope.NONE or actor.user_id is None:
        return frozenset()
    if scope is Scope.OWN:
        return frozenset({actor.user_id})
    active = {user.id for user in queries.list_users(session, actor.org_id) if user.is_active}
    if scope is Scope.TEAM:
        members = queries.user_ids_by_team(session, actor.org_id, only=actor.team_ids)
        active &= {actor.user_id, *(user_id for team in members.values() for user_id in team)}
    return frozenset(active)


def further_teams(session: Session, actor: Actor, team_id: uuid.UUID) -> dict[uuid.UUID | None, uuid.UUID]:
    """Return {user id: another team they are in} of the people who are in more than ``team_id``."""
    found: dict[uuid.UUID | None, uuid.UUID] = {}
    for user_id, team_ids in queries.team_ids_by_user(session, actor.org_id).items():
        others = [each for each in team_ids if each != team_id]
        if others:
            found[user_id] = others[0]
    return found


def move_sign_in_name(session: Session, actor: Actor, *, user_id: uuid.UUID, former: str, to: str) -> None:
    """Let a person sign in with another e-mail. Raises Invalid at ``email`` when it is someone's already."""
    _take(
        session,
        insert_into=SignInName,
        field="email",
        values={"email": to, "org_id": actor.org_id, "user_id": user_id},
    )
    session.execute(
        delete(SignInName)
        .where(SignInName.org_id == actor.org_id, SignInName.email == former)
        .execution_options(synchronize_session=False)
    )


def close_ways_in(session: Session, actor: Actor, *, user_id: uuid.UUID) -> None:
    """Sign a person out everywhere; mailed ways back in open nothing any more."""
    sessions.end_sessions_of(session, org_id=actor.org_id, user_id=user_id)
    session.execute(
        delete(PasswordReset)
        .where(PasswordReset.org_id == actor.org_id, PasswordReset.user_id == user_id)
        .execution_options(synchronize_session=False)
    )


def demand_good_password(password: str, *, email: str) -> None:
    """Raise Invalid at ``password`` unless it may become the password of ``email``."""
    problem = rules.password_problem(rules.normal_password(password), email=email)
    if problem is not None:
        params = {"min": rules.MIN_PASSWORD, "max": rules.MAX_PASSWORD}
        raise Invalid(FieldError("password", problem, params))


def _take(
    session: Session,
    *,
    insert_into: type[OrganisationSlug] | type[SignInName],
    field: str,
    values: dict[str, object],
) -> None:
    """Take a name that must be unique among all organisations, whose rows we cannot see."""
    statement = insert(insert_into).values(**values).on_conflict_do_nothing().returning(insert_into.org_id)
    if session.execute(statement).scalar() is None:
        raise Invalid(FieldError(field, "already_taken"))
