"""Signing in: from e-mail and password to a person, telling a stranger nothing.

An unknown address and a wrong password get the same answer after the same work; that it was tried is
written into the organisation's audit log by a background job, which is queued for either.
"""

from __future__ import annotations

import uuid
from typing import Final, NamedTuple

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor, Role, system_actor
from fieldcrm.core.db import db, forget_tenant, set_tenant, transaction
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.identity import queries, rules, service
from fieldcrm.identity.attempts import NOBODY, Throttled, admit, forgive
from fieldcrm.identity.passwords import hash_password, is_outdated, is_password
from fieldcrm.identity.rules import Purpose

NOTE_TASK: Final = "identity.note_sign_in"
FAILED: Final = "sign_in_failed"
THROTTLED: Final = "sign_in_throttled"


class BadCredentials(ProblemError):
    """Not a person of ours, or not their password: which, is not told."""

    status = 401
    code = "bad_credentials"


class Found(NamedTuple):
    """Who may sign in by an address (None: nobody), and the hash of their password."""

    actor: Actor | None
    stored: str | None

    @property
    def org_id(self) -> int:
        """Their organisation, or nobody's."""
        return NOBODY if self.actor is None else self.actor.org_id

    @property
    def user_id(self) -> uuid.UUID | None:
        """Them."""
        return None if self.actor is None else self.actor.user_id


def authenticate(*, email: str, password: str, address: str, device: str | None = None) -> Actor:
    """Return the person who knows the password, or raise BadCredentials or Throttled.

    ``device`` is the id of a browser they have signed in with before (see known_devices.py). No
    connection is held while the password is hashed.
    """
    name = rules.normal_email(email)[: rules.MAX_EMAIL]
    try:
        attempt = admit(Purpose.SIGN_IN, email=name, address=address, device=device)
    except Throttled as refused:
        if refused.is_first:
            note_later(find_person(name), action=THROTTLED, address=address)
        raise
    found = find_person(name)
    if not is_password(password, stored=found.stored) or found.actor is None:
        note_later(found, action=FAILED, address=address)
        raise BadCredentials()
    forgive(attempt)
    _renew_hash(found, password)
    return found.actor


def find_person(email: str) -> Found:
    """Return who may sign in by ``email`` (in its normal form), by the same queries for anyone."""
    try:
        session = db.session()
        known = queries.find_sign_in_name(session, email)
        org_id = NOBODY if known is None else known.org_id
        set_tenant(system_actor(org_id))
        user_id = None if known is None else known.user_id
        user = queries.find_user(session, org_id=org_id, user_id=user_id)
        if user is None or not user.is_active or user.deleted_at is not None:
            return Found(None, None)
        return Found(Actor(org_id=org_id, user_id=user.id, role=Role(user.role)), user.password_hash)
    finally:
        forget_tenant()


def note_later(found: Found, *, action: str, address: str) -> None:
    """Have the audit log told of an attempt by a job, which costs the same for nobody as for somebody."""
    with transaction(system_actor(found.org_id)) as session:
        defer_by_name(
            session,
            NOTE_TASK,
            org_id=found.org_id,
            user_id=None if found.user_id is None else str(found.user_id),
            action=action,
            at=clock.iso(clock.now()),
            address=address,
        )


def note(*, org_id: int, user_id: uuid.UUID, action: str, at: str, address: str) -> None:
    """Write the attempt into the audit log of the person's organisation."""
    with transaction(system_actor(org_id)) as session:
        changes = {"at": (None, at), "address": (None, address)}
        audit.record(session, action=action, entity="users", entity_id=user_id, changes=changes)


def _renew_hash(found: Found, password: str) -> None:
    """Hash the password anew where today's parameters cost more than those it was hashed with."""
    if found.actor is None or found.user_id is None or not is_outdated(found.stored or ""):
        return
    fresh = hash_password(password)
    with transaction(system_actor(found.org_id)) as session:
        service.get_user(session, found.actor, found.user_id).password_hash = fresh
