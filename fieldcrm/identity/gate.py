"""The gate: who is asking (a browser by Flask-Login, a program by its token), and whether they may.

The person is read under their organisation's tenant, in the transaction that the request then goes on to
use: one query on top of the request's own.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Flask, g, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import Row
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor, Role
from fieldcrm.core.db import forget_tenant, note_clock, set_tenant
from fieldcrm.identity import bearer, policy, queries, sessions, tokens
from fieldcrm.identity.bearer import BadToken
from fieldcrm.identity.sessions import SessionKey
from fieldcrm.identity.tokens import TokenScope

LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person of the present session, as Flask-Login carries them."""

    key: SessionKey
    actor: Actor
    wiping_device_id: uuid.UUID | None = None

    def get_id(self) -> str:
        """Return what the cookie remembers."""
        return str(self.key)


class SessionGate:
    """Implements ``core.endpoint.Gate`` over the cookie session and personal access tokens."""

    def actor(self) -> Actor | None:
        """Return the person who asks, their tenant set for the running transaction, or None.

        A request with a token is the token's alone: its cookies count for nothing. Raises BadToken.
        """
        text = bearer.token_of(request)
        if text is not None:
            return _remember(_bearer(text))
        if not current_user.is_authenticated:
            return None
        return _remember(current_user.actor)

    def check(self, actor: Actor, policy_name: str, /) -> None:
        """Raise Forbidden unless ``actor`` may do ``policy_name``, also by the token they come with."""
        scope = g.get("token_scope")
        if scope is not None:
            bearer.demand(scope, policy_name, method=request.method)
        policy.require(actor, policy_name)


def install_gate(app: Flask) -> None:
    """Make the application ask this gate."""
    # Phones change their network address all day: a session is not tied to one.
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app)
    manager.user_loader(load_signed_in)
    app.config.update(PERMANENT_SESSION_LIFETIME=sessions.LIFETIME, SESSION_REFRESH_EACH_REQUEST=False)
    app.extensions["gate"] = SessionGate()


def end_this_session(session: Session) -> None:
    """Sign out the browser that is asking, once this request is over."""
    if current_user.is_authenticated:
        sessions.end_session(session, current_user.key)


def reserve_this_session(session: Session, *, device_id: uuid.UUID, told_at: datetime) -> None:
    """Let no other device use the session of one that was told to empty itself."""
    if current_user.is_authenticated:
        sessions.reserve_session(session, current_user.key, device_id=device_id, told_at=told_at)


def is_reserved_for_another(device_id: uuid.UUID | None) -> bool:
    """Tell whether the session that is asking was kept for another device, which was to empty itself."""
    kept_for = current_user.wiping_device_id if current_user.is_authenticated else None
    return kept_for is not None and kept_for != device_id


def load_signed_in(cookie_text: str) -> SignedIn | None:
    """Return the person whose living session the cookie names, or None."""
    key = sessions.parse_key(cookie_text)
    if key is None:
        return None
    # Nobody yet: enough to read the organisation's own rows, in the least of the roles.
    session = set_tenant(Actor(org_id=key.org_id, user_id=None, role=Role.REP))
    found = queries.find_signed_in(session, org_id=key.org_id, session_id=key.session_id)
    if found is None:
        forget_tenant()
        return None
    note_clock(session, found.change_seq)
    if sessions.touch_session(session, key, last_seen_at=found.last_seen_at):
        cookie.modified = True  # the browser keeps its copy as long as we keep ours
    return SignedIn(key=key, actor=_actor(key.org_id, found), wiping_device_id=found.wiping_device_id)


def _bearer(text: str) -> Actor:
    """Return whom a living token stands for, or raise BadToken."""
    key = tokens.parse_token(text)
    if key is None:
        raise BadToken()
    session = set_tenant(Actor(org_id=key.org_id, user_id=None, role=Role.REP))
    found = queries.find_bearer(session, org_id=key.org_id, token_id=key.token_id)
    if found is None or not tokens.is_secret(key.secret, stored=found.secret_hash):
        forget_tenant()
        raise BadToken()
    note_clock(session, found.change_seq)
    tokens.touch(session, key, last_used_at=found.last_used_at)
    g.token_scope = TokenScope(found.scope)
    return _actor(key.org_id, found)


def _remember(actor: Actor) -> Actor:
    set_tenant(actor)
    g.actor = actor
    return actor


def browser_locale() -> str | None:
    """Return the language the browser asks for, if we speak it."""
    best: str | None = request.accept_languages.best_match(LANGUAGES)
    return best


def with_locale(actor: Actor, locale: str) -> Actor:
    """Return ``actor`` reading ``locale``."""
    return replace(actor, locale=locale)


def _actor(org_id: int, found: Row[Any]) -> Actor:
    return Actor(
        org_id=org_id,
        user_id=found.id,
        role=Role(found.role),
        team_ids=frozenset(found.team_ids),
        locale=found.locale or browser_locale() or found.org_locale,
        timezone=found.timezone,
        request_id=g.get("request_id"),
    )
