"""Signed-in browsers: their rows begin at sign-in, slide while used, end at sign-out.

The browser's cookie holds ``<organisation>:<session id>``, signed. A row lives 30 days from its last
use; its use is written down at most every five minutes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import NotFound
from fieldcrm.core.ids import new_id, parse_id
from fieldcrm.core.paging import PageQuery, newest_first
from fieldcrm.identity.models import UserSession

LIFETIME = timedelta(days=30)
TOUCH_EVERY = timedelta(minutes=5)


class SessionKey(NamedTuple):
    """What the cookie says: which session, in which organisation."""

    org_id: int
    session_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.org_id}:{self.session_id}"


def parse_key(text: str) -> SessionKey | None:
    """Return the key written in a cookie, or None when it is none of ours."""
    org_text, _, id_text = text.partition(":")
    session_id = parse_id(id_text)
    if not (org_text.isascii() and org_text.isdigit()) or session_id is None:
        return None
    return SessionKey(int(org_text), session_id)


def start_session(session: Session, actor: Actor, *, user_agent: str | None) -> SessionKey:
    """Write a fresh session of ``actor`` and return its key."""
    if actor.user_id is None:
        raise ValueError("only a person signs in")
    moment = clock.now()
    row = UserSession(
        org_id=actor.org_id,
        id=new_id(),
        user_id=actor.user_id,
        created_at=moment,
        last_seen_at=moment,
        expires_at=moment + LIFETIME,
        user_agent=user_agent[:300] if user_agent else None,
    )
    session.add(row)
    audit.record(session, action="sign_in", entity="users", entity_id=actor.user_id, changes={})
    return SessionKey(actor.org_id, row.id)


def touch_session(session: Session, key: SessionKey, *, last_seen_at: datetime) -> bool:
    """Write down that the session is in use, unless that was done just now; return whether it was."""
    moment = clock.now()
    if moment - last_seen_at < TOUCH_EVERY:
        return False
    session.execute(
        update(UserSession)
        .where(UserSession.org_id == key.org_id, UserSession.id == key.session_id)
        .values(last_seen_at=moment, expires_at=moment + LIFETIME)
        .execution_options(synchronize_session=False)
    )
    return True


def reserve_session(session: Session, key: SessionKey, *, device_id: uuid.UUID, told_at: datetime) -> None:
    """Keep the session for a device that was told to empty itself, until ``release_sessions``.

    One that somebody signed in to after that is theirs: what the emptied device had sent may come late.
    """
    session.execute(
        update(UserSession)
        .where(
            UserSession.org_id == key.org_id,
            UserSession.id == key.session_id,
            UserSession.created_at <= told_at,
        )
        .values(wiping_device_id=device_id)
        .execution_options(synchronize_session=False)
    )


def release_sessions(session: Session, actor: Actor, *, device_id: uuid.UUID) -> None:
    """Give back the sessions that were kept for a device: it need not empty itself any more."""
    session.execute(
        update(UserSession)
        .where(UserSession.org_id == actor.org_id, UserSession.wiping_device_id == device_id)
        .values(wiping_device_id=None)
        .execution_options(synchronize_session=False)
    )


def end_session(session: Session, key: SessionKey) -> None:
    """Delete the session: its browser is signed out."""
    _end(session, UserSession.org_id == key.org_id, UserSession.id == key.session_id)


def end_sessions_of(
    session: Session, *, org_id: int, user_id: uuid.UUID, but: uuid.UUID | None = None
) -> int:
    """Sign a person out everywhere (``but`` in the session of that id); return of how many browsers."""
    mine = (UserSession.org_id == org_id, UserSession.user_id == user_id)
    return _end(session, *mine) if but is None else _end(session, *mine, UserSession.id != but)


def list_sessions(
    session: Session, actor: Actor, page: PageQuery
) -> tuple[Sequence[UserSession], str | None]:
    """Return a page of the person's own living sessions, lately used ones first."""
    found = select(UserSession).where(
        UserSession.org_id == actor.org_id,
        UserSession.user_id == actor.user_id,
        UserSession.expires_at > clock.now(),
    )
    return newest_first(session, found, page, at=UserSession.last_seen_at, row_id=UserSession.id)


def end_own_session(session: Session, actor: Actor, session_id: uuid.UUID) -> None:
    """Sign one of the person's own browsers out, or raise NotFound."""
    mine = (UserSession.org_id == actor.org_id, UserSession.user_id == actor.user_id)
    if _end(session, *mine, UserSession.id == session_id) == 0:
        raise NotFound()


def _end(session: Session, *conditions: ColumnElement[bool]) -> int:
    gone = session.execute(
        delete(UserSession)
        .where(*conditions)
        .returning(UserSession.user_id)
        .execution_options(synchronize_session=False)
    ).scalars()
    people = gone.all()
    audit.record_many(
        session, action="sign_out", entity="users", changes_by_id=((user_id, {}) for user_id in people)
    )
    return len(people)
