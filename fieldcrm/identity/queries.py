"""Reads of identity: look-ups before the tenant is known, and the signed-in person's row."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from psycopg import sql
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.paging import PageQuery, by_name
from fieldcrm.identity.models import Organisation, OrganisationSlug, SignInName, Team, TeamMember, User

# Text for the driver: every request begins with it. The change clock comes along for tiles and phones.
_SIGNED_IN = """
    select u.id, u.role, u.locale, o.locale as org_locale, o.timezone, o.change_seq, s.last_seen_at,
           s.wiping_device_id, array(select m.team_id from team_members m
                  where m.org_id = s.org_id and m.user_id = s.user_id) as team_ids
      from user_sessions s
      join users u on u.org_id = s.org_id and u.id = s.user_id
      join organisations o on o.org_id = s.org_id
     where s.org_id = %(org_id)s::bigint and s.id = %(session_id)s and s.expires_at > %(now)s
       and u.is_active and u.deleted_at is null
"""


# The same for a program that brings a token.
_BEARER = """
    select u.id, u.role, u.locale, o.locale as org_locale, o.timezone, o.change_seq,
           t.scope, t.secret_hash, t.last_used_at,
           array(select m.team_id from team_members m
                  where m.org_id = t.org_id and m.user_id = t.user_id) as team_ids
      from personal_tokens t
      join users u on u.org_id = t.org_id and u.id = t.user_id
      join organisations o on o.org_id = t.org_id
     where t.org_id = %(org_id)s::bigint and t.id = %(token_id)s and t.expires_at > %(now)s
       and t.revoked_at is null and u.is_active and u.deleted_at is null
"""


def find_bearer(session: Session, *, org_id: int, token_id: uuid.UUID) -> Row[Any] | None:
    """Return the person of a living token as ``find_signed_in`` does, with the token's scope and hash."""
    given = {"org_id": org_id, "token_id": token_id, "now": clock.now()}
    return session.connection().exec_driver_sql(_BEARER, given).one_or_none()


def find_signed_in(session: Session, *, org_id: int, session_id: uuid.UUID) -> Row[Any] | None:
    """Return the person of a living session with role, teams, time zone and change clock, or None."""
    given = {"org_id": org_id, "session_id": session_id, "now": clock.now()}
    return session.connection().exec_driver_sql(_SIGNED_IN, given).one_or_none()


def find_sign_in_name(session: Session, email: str) -> SignInName | None:
    """Return whose e-mail this is, in any organisation, or None."""
    _ask_for(session, email)
    return session.scalar(select(SignInName).where(SignInName.email == email))


def find_org_id(session: Session, slug: str) -> int | None:
    """Return the organisation of that short name, or None."""
    _ask_for(session, slug)
    return session.scalar(select(OrganisationSlug.org_id).where(OrganisationSlug.slug == slug))


def find_user(session: Session, *, org_id: int, user_id: uuid.UUID | None) -> User | None:
    """Return a person, also one who left, or None."""
    return session.scalar(select(User).where(User.org_id == org_id, User.id == user_id))


def find_user_by_email(session: Session, *, org_id: int, email: str) -> User | None:
    """Return the organisation's person of that e-mail, also one who left, or None."""
    return session.scalar(select(User).where(User.org_id == org_id, User.email == email))


def list_users(session: Session, org_id: int) -> Sequence[User]:
    """Return the people of the organisation by name, those who left too (history names them)."""
    return session.scalars(_users(org_id).order_by(User.name, User.id)).all()


def list_teams(session: Session, org_id: int) -> Sequence[Team]:
    """Return the teams of the organisation by name."""
    return session.scalars(_teams(org_id).order_by(Team.name, Team.id)).all()


def page_of_users(session: Session, org_id: int, page: PageQuery) -> tuple[Sequence[User], str | None]:
    """Return a page of ``list_users``, and the mark of the next."""
    return by_name(session, _users(org_id), page, name=User.name, row_id=User.id)


def page_of_teams(session: Session, org_id: int, page: PageQuery) -> tuple[Sequence[Team], str | None]:
    """Return a page of ``list_teams``, and the mark of the next."""
    return by_name(session, _teams(org_id), page, name=Team.name, row_id=Team.id)


def team_ids_by_user(
    session: Session, org_id: int, *, only: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return {user id: ids of the teams the person is in}, of everybody or of some."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    members = select(TeamMember.user_id, TeamMember.team_id).where(TeamMember.org_id == org_id)
    if only is not None:
        members = members.where(TeamMember.user_id.in_(only))
    for user_id, team_id in session.execute(members.order_by(TeamMember.id)):
        found.setdefault(user_id, []).append(team_id)
    return found


def user_ids_by_team(
    session: Session, org_id: int, *, only: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return {team id: ids of the people in it} of some teams."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    members = select(TeamMember.user_id, TeamMember.team_id).where(
        TeamMember.org_id == org_id, TeamMember.team_id.in_(only)
    )
    for user_id, team_id in session.execute(members.order_by(TeamMember.id)):
        found.setdefault(team_id, []).append(user_id)
    return found


def _users(org_id: int) -> Select[User]:
    return select(User).where(User.org_id == org_id, User.deleted_at.is_(None))


def _teams(org_id: int) -> Select[Team]:
    return select(Team).where(Team.org_id == org_id, Team.deleted_at.is_(None))


def get_organisation(session: Session, org_id: int) -> Organisation:
    """Return the organisation; it is there, its tenant is set."""
    return session.scalars(select(Organisation).where(Organisation.org_id == org_id)).one()


def _ask_for(session: Session, key: str) -> None:
    """Name the one key that the running transaction may look up (see core/rls.py)."""
    statement = sql.SQL("set local app.lookup = {}").format(sql.Literal(key)).as_string(None)
    # no_parameters: a "%" in what was typed is no placeholder.
    session.connection().exec_driver_sql(statement, execution_options={"no_parameters": True})
