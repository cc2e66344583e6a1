"""URLs of one's own sign-ins: where one is signed in, signing out there, another password."""

from __future__ import annotations

import uuid
from typing import Annotated

from apiflask import APIBlueprint
from flask import request
from flask_login import current_user
from pydantic import Field

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.paging import PageQuery
from fieldcrm.core.wire import Moment, Wire
from fieldcrm.identity import own_password, sessions
from fieldcrm.identity.entrance import carry

bp = APIBlueprint("own_sessions", __name__)


class SignedInBrowser(Wire):
    """A browser in which one is signed in; ``is_this`` asks right now."""

    id: uuid.UUID
    user_agent: str | None
    created_at: Moment
    last_seen_at: Moment
    is_this: bool


class SignedInBrowsers(Wire):
    """One page of one's own, lately used ones first."""

    items: list[SignedInBrowser]
    next_cursor: str | None


class SignedOut(Wire):
    """How many browsers were signed out."""

    count: int


class PasswordChange(Wire):
    """The present password, to show that it is oneself, and the new one."""

    current: Annotated[str, Field(min_length=1, max_length=1024)]
    password: Annotated[str, Field(min_length=1, max_length=1024)]


@bp.get("/api/user-sessions")
@endpoint("session.read", query=PageQuery, answer=SignedInBrowsers)
def list_own(*, actor: Actor, query: PageQuery) -> SignedInBrowsers:
    """Return where one is signed in, lately used browsers first."""
    rows, next_cursor = sessions.list_sessions(db.session(), actor, query)
    present = _present()
    return SignedInBrowsers(
        items=[
            SignedInBrowser(
                id=row.id,
                user_agent=row.user_agent,
                created_at=row.created_at,
                last_seen_at=row.last_seen_at,
                is_this=row.id == present,
            )
            for row in rows
        ],
        next_cursor=next_cursor,
    )


@bp.delete("/api/user-sessions/<uuid:user_session_id>")
@endpoint("session.update", status=204)
def end_one(*, actor: Actor, user_session_id: uuid.UUID) -> None:
    """Sign one browser out."""
    sessions.end_own_session(db.session(), actor, user_session_id)


@bp.delete("/api/user-sessions")
@endpoint("session.update", answer=SignedOut)
def end_others(*, actor: Actor) -> SignedOut:
    """Sign out everywhere but in the browser that asks."""
    if actor.user_id is None:
        return SignedOut(count=0)
    count = sessions.end_sessions_of(db.session(), org_id=actor.org_id, user_id=actor.user_id, but=_present())
    return SignedOut(count=count)


@bp.put("/api/session/password")
@endpoint("session.update", body=PasswordChange, status=204, is_stepwise=True)
@details(problems=(429,))
def change_password(*, actor: Actor, body: PasswordChange) -> None:
    """Set another password: everywhere else one is signed out, and here the session is a new one."""
    key = own_password.change(
        actor,
        current=body.current,
        password=body.password,
        session_id=_present(),
        user_agent=request.headers.get("User-Agent"),
    )
    carry(key, actor)


def _present() -> uuid.UUID | None:
    found: uuid.UUID | None = current_user.key.session_id if current_user.is_authenticated else None
    return found
