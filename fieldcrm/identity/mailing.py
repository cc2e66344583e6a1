"""From rows to letters: what a mail job sends, or nothing where it is no longer worth sending."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from fieldcrm.config import Settings
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.core.mail import Letter
from fieldcrm.identity import email_changes, invitations, letters, queries, recovery, service
from fieldcrm.identity.links import Kind, LinkExpired, LinkKey, link_to
from fieldcrm.identity.models import User

CHANGED_TASK: Final = "identity.mail_password_changed"


def tell_of_change_later(session: Session, actor: Actor, user_id: uuid.UUID) -> None:
    """Have a person told by mail that their password was changed."""
    at = clock.iso(clock.now())
    defer_by_name(session, CHANGED_TASK, org_id=actor.org_id, user_id=str(user_id), at=at)


def letter_of_reset(session: Session, actor: Actor, reset_id: uuid.UUID, *, locale: str) -> Letter | None:
    """Return the mail for a way back in, or None when it is closed already."""
    key = LinkKey(actor.org_id, reset_id)
    try:
        reset, user = recovery.get_open(session, key)
    except LinkExpired:
        return None
    language = user.locale or locale
    return letters.reset_letter(
        to=user.email,
        name=user.name,
        locale=language,
        link=link_to(Kind.RESET, key),
        expires=_moment(session, actor, reset.expires_at, locale=language),
    )


def letter_of_change(session: Session, actor: Actor, user_id: uuid.UUID, *, at: datetime) -> Letter:
    """Return the mail that tells of a changed password."""
    user = service.get_user(session, actor, user_id)
    language = _language_of(session, actor, user)
    settings: Settings = current_app.extensions["settings"]
    return letters.changed_letter(
        to=user.email,
        name=user.name,
        locale=language,
        at=_moment(session, actor, at, locale=language),
        link=f"{settings.address}/forgot?lang={language}",
    )


def letter_of_email_change(
    session: Session, actor: Actor, user_id: uuid.UUID, *, serial: int
) -> Letter | None:
    """Return the mail to a new address, or None when this link is no longer open."""
    key = LinkKey(actor.org_id, user_id, serial)
    try:
        user, address = email_changes.get_open(session, key)
    except LinkExpired:
        return None
    language = _language_of(session, actor, user)
    return letters.email_change_letter(
        to=address,
        name=user.name,
        locale=language,
        link=link_to(Kind.EMAIL, key),
        expires=_moment(session, actor, user.new_email_until or clock.now(), locale=language),
    )


def letter_of_changed_email(
    session: Session, actor: Actor, user_id: uuid.UUID, *, former: str, at: datetime
) -> Letter:
    """Return the mail that tells the former address."""
    user = service.get_user(session, actor, user_id)
    language = _language_of(session, actor, user)
    return letters.email_changed_letter(
        to=former,
        name=user.name,
        locale=language,
        email=user.email,
        at=_moment(session, actor, at, locale=language),
    )


def letter_of_invitation(
    session: Session, actor: Actor, invitation_id: uuid.UUID, *, serial: int
) -> Letter | None:
    """Return the mail of an invitation, or None when this link of it is no longer open."""
    try:
        found = invitations.get_open(session, LinkKey(actor.org_id, invitation_id, serial))
    except LinkExpired:
        return None
    inviter = queries.find_user(session, org_id=actor.org_id, user_id=found.invited_by)
    return letters.invitation_letter(
        to=found.email,
        name=found.name,
        locale=found.locale,
        organisation=queries.get_organisation(session, actor.org_id).name,
        inviter=None if inviter is None else inviter.name,
        link=invitations.link_of(found),
        expires=_moment(session, actor, found.expires_at, locale=found.locale),
    )


def _language_of(session: Session, actor: Actor, user: User) -> str:
    return user.locale or queries.get_organisation(session, actor.org_id).locale


def _moment(session: Session, actor: Actor, at: datetime, *, locale: str) -> str:
    return letters.moment_text(
        at, timezone=queries.get_organisation(session, actor.org_id).timezone, locale=locale
    )
