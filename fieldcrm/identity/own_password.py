"""Another password of one's own. The present one is asked for: who found the phone open cannot set one."""

from __future__ import annotations

import uuid

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import FieldError, Invalid, NotFound
from fieldcrm.identity import mailing, service, sessions
from fieldcrm.identity.attempts import admit, forgive
from fieldcrm.identity.passwords import is_password
from fieldcrm.identity.rules import Purpose
from fieldcrm.identity.sessions import SessionKey


def change(
    actor: Actor, *, current: str, password: str, session_id: uuid.UUID | None, user_agent: str | None
) -> SessionKey:
    """Set the actor's password, end all their sessions and begin a fresh one; return its key.

    Raises Invalid at ``current`` or ``password``, and Throttled after some wrong tries. No connection is
    held while the present password is hashed.
    """
    if actor.user_id is None:
        raise NotFound()
    with transaction(actor) as session:
        user = service.get_user(session, actor, actor.user_id)
        email, stored = user.email, user.password_hash
    service.demand_good_password(password, email=email)
    attempt = admit(Purpose.OWN_PASSWORD, email=email, address="", device=str(session_id))
    if not is_password(current, stored=stored):
        raise Invalid(FieldError("current", "wrong_password"))
    forgive(attempt)
    with transaction(actor) as session:
        service.set_password(session, actor, user_id=actor.user_id, password=password)
        mailing.tell_of_change_later(session, actor, actor.user_id)
        return sessions.start_session(session, actor, user_agent=user_agent)
