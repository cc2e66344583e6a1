"""Signing in: from e-mail and password to a person, telling a stranger nothing.

An unknown address and a wrong password get the same answer after the same work.
"""

from __future__ import annotations

from fieldcrm.core.actor import Actor, Role, system_actor
from fieldcrm.core.db import db, forget_tenant, set_tenant
from fieldcrm.core.errors import ProblemError
from fieldcrm.identity import queries, rules
from fieldcrm.identity.passwords import is_password
from fieldcrm.identity.throttle import sign_in_throttle

NO_ORGANISATION = 0


class BadCredentials(ProblemError):
    """Not a person of ours, or not their password: which, is not told."""

    status = 401
    code = "bad_credentials"


def authenticate(*, email: str, password: str, address: str) -> Actor:
    """Return the person who knows the password, or raise BadCredentials or SignInThrottled.

    No connection is held while the password is hashed.
    """
    name = rules.normal_email(email)[: rules.MAX_EMAIL]
    sign_in_throttle.check(email=name, address=address)
    actor, stored = _find_person(name)
    if not is_password(password, stored=stored) or actor is None:
        sign_in_throttle.failed(email=name, address=address)
        raise BadCredentials()
    sign_in_throttle.succeeded(email=name, address=address)
    return actor


def _find_person(email: str) -> tuple[Actor | None, str | None]:
    """Return who may sign in by ``email`` and the hash to check, by the same queries for anyone."""
    try:
        session = db.session()
        known = queries.find_sign_in_name(session, email)
        org_id = NO_ORGANISATION if known is None else known.org_id
        set_tenant(system_actor(org_id))
        user_id = None if known is None else known.user_id
        user = queries.find_user(session, org_id=org_id, user_id=user_id)
        if user is None or not user.is_active or user.deleted_at is not None:
            return None, None
        return Actor(org_id=org_id, user_id=user.id, role=Role(user.role)), user.password_hash
    finally:
        forget_tenant()
