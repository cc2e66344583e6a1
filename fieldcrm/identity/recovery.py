"""Back in without the password: asked for by e-mail address, opened by a mailed link, once.

Who asks is told the same whether anybody has that address, after the same work: a job is queued either way,
and the job finds out.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor, Role, system_actor
from fieldcrm.core.db import act_as, transaction
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.core.ids import new_id
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.identity import queries, rules, service
from fieldcrm.identity.attempts import admit
from fieldcrm.identity.links import LinkExpired, LinkKey
from fieldcrm.identity.models import PasswordReset, User
from fieldcrm.identity.rules import Purpose
from fieldcrm.identity.sign_in import find_person

LIFETIME: Final = timedelta(hours=1)
OFFER_TASK: Final = "identity.offer_reset"
MAIL_TASK: Final = "identity.mail_reset"


def ask(*, email: str, address: str, locale: str) -> None:
    """Have a link mailed to who has that address, if anybody. Raises Invalid for what is none, Throttled."""
    name = rules.normal_email(email)
    if not name:
        raise Invalid(FieldError("email", "required"))
    if not rules.is_email(name):
        raise Invalid(FieldError("email", "bad_email"))
    admit(Purpose.RESET, email=name, address=address)
    found = find_person(name)
    with transaction(system_actor(found.org_id)) as session:
        user_id = None if found.user_id is None else str(found.user_id)
        defer_by_name(session, OFFER_TASK, org_id=found.org_id, user_id=user_id, locale=locale)


def offer(session: Session, actor: Actor, *, user_id: uuid.UUID, locale: str) -> PasswordReset | None:
    """Open a way back in for a person and have its link mailed; None when they may not come in."""
    user = queries.find_user(session, org_id=actor.org_id, user_id=user_id)
    if user is None or not _may_enter(user):
        return None
    moment = clock.now()
    reset = PasswordReset(
        org_id=actor.org_id, id=new_id(), user_id=user_id, created_at=moment, expires_at=moment + LIFETIME
    )
    ended = (PasswordReset.org_id == actor.org_id, PasswordReset.user_id == user_id)
    session.execute(delete(PasswordReset).where(*ended, PasswordReset.expires_at < moment))
    session.add(reset)
    audit.record(session, action="ask_reset", entity="users", entity_id=user_id, changes={})
    session.flush()
    defer_by_name(session, MAIL_TASK, org_id=actor.org_id, reset_id=str(reset.id), locale=locale)
    return reset


def get_open(session: Session, key: LinkKey) -> tuple[PasswordReset, User]:
    """Return the way in that a link names, locked, and whose it is; raises LinkExpired."""
    found = session.scalar(
        select(PasswordReset)
        .where(PasswordReset.org_id == key.org_id, PasswordReset.id == key.row_id)
        .with_for_update()
    )
    if found is None or found.expires_at <= clock.now():
        raise LinkExpired()
    user = queries.find_user(session, org_id=key.org_id, user_id=found.user_id)
    if user is None or not _may_enter(user):
        raise LinkExpired()
    return found, user


def use(session: Session, key: LinkKey, *, password: str) -> tuple[Actor, str]:
    """Set the password by a link, which is used up; return whose it is and their e-mail.

    All the person's sessions end. Raises LinkExpired, Invalid at ``password``.
    """
    _, user = get_open(session, key)
    actor = Actor(org_id=key.org_id, user_id=user.id, role=Role(user.role))
    act_as(session, actor)
    service.set_password(session, actor, user_id=user.id, password=password)
    return actor, user.email


def _may_enter(user: User) -> bool:
    return user.is_active and user.deleted_at is None
