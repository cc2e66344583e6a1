"""Invitations: an administrator asks somebody to join; the mailed link lets them choose a password, once."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import act_as
from fieldcrm.core.errors import Conflict, FieldError, Invalid, NotFound
from fieldcrm.core.ids import new_id
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.core.paging import PageQuery, newest_first
from fieldcrm.identity import queries, rules, service, teams
from fieldcrm.identity.links import Kind, LinkExpired, LinkKey, link_to
from fieldcrm.identity.models import Invitation

LIFETIME: Final = timedelta(days=7)
MAIL_TASK: Final = "identity.mail_invitation"


def invite(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: Role,
    locale: str,
    team_ids: Collection[uuid.UUID] = (),
) -> Invitation:
    """Ask somebody to join and have the link mailed to them. Raises Invalid at the field.

    That an address signs in to another organisation is not told here: only who has its mail learns it.
    """
    address = rules.normal_email(email)
    if not rules.is_email(address):
        raise Invalid(FieldError("email", "bad_email"))
    teams.demand_teams(session, actor, team_ids)
    if queries.find_user_by_email(session, org_id=actor.org_id, email=address) is not None:
        raise Invalid(FieldError("email", "already_taken"))
    if session.scalar(_open(actor.org_id).where(Invitation.email == address)) is not None:
        raise Invalid(FieldError("email", "already_invited"))
    moment = clock.now()
    invitation = Invitation(
        org_id=actor.org_id,
        id=new_id(),
        email=address,
        name=rules.one_line(name),
        role=role.value,
        locale=locale,
        team_ids=sorted(team_ids),
        serial=1,
        created_at=moment,
        invited_by=actor.user_id,
        expires_at=moment + LIFETIME,
    )
    session.add(invitation)
    _mail_later(session, invitation)
    return invitation


def list_open(session: Session, actor: Actor, page: PageQuery) -> tuple[Sequence[Invitation], str | None]:
    """Return a page of the invitations that wait, newest first; also those whose link has expired."""
    return newest_first(session, _open(actor.org_id), page, at=Invitation.created_at, row_id=Invitation.id)


def resend(session: Session, actor: Actor, invitation_id: uuid.UUID) -> Invitation:
    """Mail a fresh link; the former one opens nothing any more."""
    invitation = _get(session, actor, invitation_id)
    invitation.serial += 1
    invitation.expires_at = clock.now() + LIFETIME
    invitation.mailed_at = None
    _mail_later(session, invitation)
    return invitation


def show_link(session: Session, actor: Actor, invitation_id: uuid.UUID) -> str:
    """Return the link that is open, to be handed over by other means; who looked is written down."""
    invitation = _get(session, actor, invitation_id)
    audit.record(session, action="show_link", entity="invitations", entity_id=invitation_id, changes={})
    return link_of(invitation)


def withdraw(session: Session, actor: Actor, invitation_id: uuid.UUID) -> None:
    """Take an invitation back: its links open nothing."""
    _get(session, actor, invitation_id).withdrawn_at = clock.now()


def link_of(invitation: Invitation) -> str:
    """Return the address of the invitation's newest link."""
    return link_to(Kind.INVITATION, LinkKey(invitation.org_id, invitation.id, invitation.serial))


def get_open(session: Session, key: LinkKey) -> Invitation:
    """Return the invitation that a link opens, locked; raises LinkExpired."""
    found = session.scalar(_open(key.org_id).where(Invitation.id == key.row_id).with_for_update())
    if found is None or found.serial != key.serial or found.expires_at <= clock.now():
        raise LinkExpired()
    return found


def accept(session: Session, actor: Actor, key: LinkKey, *, name: str, password: str) -> Actor:
    """Create the invited person and return them; the link is used up. Raises LinkExpired, Invalid."""
    invitation = get_open(session, key)
    user = service.create_user(
        session,
        actor,
        email=invitation.email,
        name=name,
        role=Role(invitation.role),
        password=password,
        locale=invitation.locale,
        team_ids=teams.only_known(session, actor, invitation.team_ids),
    )
    joined = Actor(org_id=key.org_id, user_id=user.id, role=Role(user.role))
    act_as(session, joined)
    invitation.accepted_at, invitation.user_id = clock.now(), user.id
    session.flush()
    return joined


def note_mailed(session: Session, actor: Actor, invitation_id: uuid.UUID) -> None:
    """Write down that the mail is on its way."""
    session.execute(
        update(Invitation)
        .where(Invitation.org_id == actor.org_id, Invitation.id == invitation_id)
        .values(mailed_at=clock.now())
    )


def _open(org_id: int) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.org_id == org_id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
    )


def _get(session: Session, actor: Actor, invitation_id: uuid.UUID) -> Invitation:
    query = select(Invitation).where(Invitation.org_id == actor.org_id, Invitation.id == invitation_id)
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound()
    if found.accepted_at is not None or found.withdrawn_at is not None:
        raise Conflict("already_accepted")
    return found


def _mail_later(session: Session, invitation: Invitation) -> None:
    session.flush()
    defer_by_name(
        session,
        MAIL_TASK,
        org_id=invitation.org_id,
        invitation_id=str(invitation.id),
        serial=invitation.serial,
    )
