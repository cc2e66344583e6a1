"""Another e-mail to sign in with: an administrator asks, whoever reads its mail confirms by the link, once.

Until then the former one stays. That an address signs in to another organisation is told to nobody but who
has its mail.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import act_as
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.identity import queries, rules, service
from fieldcrm.identity.links import LinkExpired, LinkKey
from fieldcrm.identity.models import User

LIFETIME: Final = timedelta(days=7)
ASK_TASK: Final = "identity.mail_email_change"
DONE_TASK: Final = "identity.mail_email_changed"


def ask(session: Session, actor: Actor, user_id: uuid.UUID, *, email: str) -> None:
    """Have the link mailed to a person's new address; a former one opens nothing any more.

    Raises Invalid at ``email``, NotFound.
    """
    user = service.get_user(session, actor, user_id)
    address = rules.normal_email(email)
    if not rules.is_email(address):
        raise Invalid(FieldError("email", "bad_email"))
    if address == user.email:
        raise Invalid(FieldError("email", "same_email"))
    if queries.find_user_by_email(session, org_id=actor.org_id, email=address) is not None:
        raise Invalid(FieldError("email", "already_taken"))
    user.new_email, user.new_email_until = address, clock.now() + LIFETIME
    user.new_email_serial += 1
    session.flush()
    defer_by_name(session, ASK_TASK, org_id=actor.org_id, user_id=str(user_id), serial=user.new_email_serial)


def withdraw(session: Session, actor: Actor, user_id: uuid.UUID) -> None:
    """Leave the address as it is: links that were mailed open nothing. Raises NotFound."""
    user = service.get_user(session, actor, user_id)
    user.new_email = user.new_email_until = None
    session.flush()


def get_open(session: Session, key: LinkKey) -> tuple[User, str]:
    """Return whose address a link changes, locked, and to what; raises LinkExpired."""
    query = select(User).where(User.org_id == key.org_id, User.id == key.row_id)
    user = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if user is None or not user.is_active or user.deleted_at is not None:
        raise LinkExpired()
    until = user.new_email_until
    if user.new_email is None or until is None or until <= clock.now() or user.new_email_serial != key.serial:
        raise LinkExpired()
    return user, user.new_email


def confirm(session: Session, key: LinkKey) -> str:
    """Let the person sign in with the new address from now on, and return it; the former one is told.

    Their sessions end, and what was mailed to the former address opens nothing any more. Raises
    LinkExpired, and Invalid at ``email`` where somebody has come to sign in with it meanwhile.
    """
    user, address = get_open(session, key)
    former = user.email
    actor = Actor(org_id=key.org_id, user_id=user.id, role=Role(user.role))
    act_as(session, actor)
    service.move_sign_in_name(session, actor, user_id=user.id, former=former, to=address)
    user.email, user.new_email, user.new_email_until = address, None, None
    session.flush()
    service.close_ways_in(session, actor, user_id=user.id)
    defer_by_name(
        session,
        DONE_TASK,
        org_id=key.org_id,
        user_id=str(user.id),
        former=former,
        at=clock.iso(clock.now()),
    )
    return address
