"""Background work of identity: its mails, what was tried at the door, and forgetting.

A mail is sent in a job of its own: should the mail server be away, only the sending is tried again.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from functools import partial

from flask import Flask
from sqlalchemy.orm import Session

from fieldcrm.config import Settings
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.jobs import queue
from fieldcrm.core.mail import AGAIN, Letter, deliver
from fieldcrm.core.worker import running_app
from fieldcrm.identity import attempts, email_changes, invitations, mailing, recovery, sign_in

log = logging.getLogger(__name__)


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings


@queue.task(name=recovery.OFFER_TASK)
def offer_reset(*, org_id: int, user_id: str | None, locale: str) -> None:
    """Open a way back in for who asked, if it is anybody's address."""
    if user_id is None:
        return
    actor = system_actor(org_id)
    with running_app().app_context(), transaction(actor) as session:
        recovery.offer(session, actor, user_id=uuid.UUID(user_id), locale=locale)


def _mail(org_id: int, compose: Callable[[Session, Actor], Letter | None]) -> bool:
    """Send the letter that is composed of what is there now; return whether there was any to send."""
    app, actor = running_app(), system_actor(org_id)
    with app.app_context():
        with transaction(actor) as session:
            letter = compose(session, actor)
        # Outside of the transaction: mail servers take their time.
        if letter is not None:
            deliver(_settings(app), letter)
    return letter is not None


@queue.task(name=recovery.MAIL_TASK, retry=AGAIN)
def mail_reset(*, org_id: int, reset_id: str, locale: str) -> None:
    """Mail the link of a way back in, if it is still open."""
    _mail(org_id, partial(mailing.letter_of_reset, reset_id=uuid.UUID(reset_id), locale=locale))


@queue.task(name=mailing.CHANGED_TASK, retry=AGAIN)
def mail_password_changed(*, org_id: int, user_id: str, at: str) -> None:
    """Tell somebody that their password is another now."""
    moment = clock.parse_iso(at) or clock.now()
    _mail(org_id, partial(mailing.letter_of_change, user_id=uuid.UUID(user_id), at=moment))


@queue.task(name=email_changes.ASK_TASK, retry=AGAIN)
def mail_email_change(*, org_id: int, user_id: str, serial: int) -> None:
    """Mail the link to somebody's new address, if it is still the newest and open."""
    _mail(org_id, partial(mailing.letter_of_email_change, user_id=uuid.UUID(user_id), serial=serial))


@queue.task(name=email_changes.DONE_TASK, retry=AGAIN)
def mail_email_changed(*, org_id: int, user_id: str, former: str, at: str) -> None:
    """Tell somebody's former address that they sign in with another now."""
    moment = clock.parse_iso(at) or clock.now()
    letter = partial(mailing.letter_of_changed_email, user_id=uuid.UUID(user_id), former=former, at=moment)
    _mail(org_id, letter)


@queue.task(name=invitations.MAIL_TASK, retry=AGAIN)
def mail_invitation(*, org_id: int, invitation_id: str, serial: int) -> None:
    """Mail an invitation, if its link is still the newest and open; note that it was."""
    row_id, actor = uuid.UUID(invitation_id), system_actor(org_id)
    if _mail(org_id, partial(mailing.letter_of_invitation, invitation_id=row_id, serial=serial)):
        with running_app().app_context(), transaction(actor) as session:
            invitations.note_mailed(session, actor, row_id)


@queue.task(name=sign_in.NOTE_TASK)
def note_sign_in(*, org_id: int, user_id: str | None, action: str, at: str, address: str) -> None:
    """Write an attempt to sign in into the audit log, if it aimed at anybody."""
    if user_id is None:
        return
    with running_app().app_context():
        sign_in.note(org_id=org_id, user_id=uuid.UUID(user_id), action=action, at=at, address=address)


@queue.periodic(cron="40 18 * * *")  # at night in Japan
@queue.task(name="identity.forget_old", queueing_lock="identity.forget_old")
def forget_old(timestamp: int) -> None:
    """Remove counted attempts that slow nobody down any more."""
    with running_app().app_context(), transaction(system_actor(attempts.NOBODY)) as session:
        log.info("forgot %s counts of attempts (run of %s)", attempts.forget_old(session), timestamp)
