"""Personal access tokens: a program acts in a person's name, with their role, reading or also writing.

A token is ``fcrm_<organisation>_<id>_<secret>``; it is shown once, and only a hash of the secret is kept. The
secret has 256 random bits, so that a fast hash is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Row, select, true, update
from sqlalchemy.orm import Session

from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import NotFound
from fieldcrm.core.ids import new_id
from fieldcrm.core.paging import PageQuery, newest_first
from fieldcrm.identity.models import PersonalToken, User
from fieldcrm.identity.policy import Scope, scope_of

SECRET_BYTES: Final = 32
TOUCH_EVERY: Final = timedelta(minutes=5)
LONGEST_LIFE: Final = timedelta(days=366)
SHOWN: Final = ("id", "user_id", "name", "scope", "created_at", "expires_at", "last_used_at")
_FORM: Final = re.compile(r"fcrm_(\d{1,18})_([0-9a-f]{32})_([A-Za-z0-9_-]{43})", re.ASCII)


class TokenScope(StrEnum):
    """What a token may do: read, or everything its person may."""

    READ = "read"
    WRITE = "write"


class TokenKey(NamedTuple):
    """What a token's text says: which row of which organisation, and the secret that proves it."""

    org_id: int
    token_id: uuid.UUID
    secret: str

    def __str__(self) -> str:
        return f"fcrm_{self.org_id}_{self.token_id.hex}_{self.secret}"


def parse_token(text: str) -> TokenKey | None:
    """Return what the text of a token says, or None when it is none of ours."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    return TokenKey(int(found.group(1)), uuid.UUID(found.group(2)), found.group(3))


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(secret: str, *, stored: bytes) -> bool:
    """Return whether ``secret`` is the one hashed in ``stored``."""
    return hmac.compare_digest(hash_secret(secret), bytes(stored))


def issue(
    session: Session, actor: Actor, *, name: str, scope: TokenScope, life: timedelta
) -> tuple[PersonalToken, str]:
    """Make a token of the actor's own; return its row and its text, which nobody can ask for again."""
    moment = clock.now()
    key = TokenKey(actor.org_id, new_id(), secrets.token_urlsafe(SECRET_BYTES))
    token = PersonalToken(
        org_id=actor.org_id,
        id=key.token_id,
        user_id=actor.user_id,
        name=" ".join(name.split()),
        scope=scope.value,
        secret_hash=hash_secret(key.secret),
        created_at=moment,
        expires_at=moment + min(life, LONGEST_LIFE),
    )
    session.add(token)
    session.flush()
    return token, str(key)


def list_tokens(session: Session, actor: Actor, page: PageQuery) -> tuple[Sequence[Row[Any]], str | None]:
    """Return a page of the living tokens that the actor looks after, newest first.

    These are one's own; an administrator's are everybody's.
    """
    columns: list[Any] = [*(getattr(PersonalToken, name) for name in SHOWN), User.name.label("user_name")]
    has_user = (User.org_id == PersonalToken.org_id) & (User.id == PersonalToken.user_id)
    found = (
        select(*columns)
        .join(User, has_user)
        .where(PersonalToken.org_id == actor.org_id, _is_alive(), _reached(actor, "tokens.read"))
    )
    return newest_first(session, found, page, at=PersonalToken.created_at, row_id=PersonalToken.id)


def revoke(session: Session, actor: Actor, token_id: uuid.UUID) -> None:
    """End a token at once, or raise NotFound."""
    found = session.scalar(
        select(PersonalToken).where(
            PersonalToken.org_id == actor.org_id,
            PersonalToken.id == token_id,
            PersonalToken.revoked_at.is_(None),
            _reached(actor, "tokens.revoke"),
        )
    )
    if found is None:
        raise NotFound()
    found.revoked_at = clock.now()


def revoke_all_of(session: Session, actor: Actor, user_id: uuid.UUID) -> None:
    """End all tokens of a person."""
    ended = session.scalars(
        update(PersonalToken)
        .where(PersonalToken.org_id == actor.org_id, PersonalToken.user_id == user_id, _is_alive())
        .values(revoked_at=clock.now())
        .returning(PersonalToken.id)
        .execution_options(synchronize_session=False)
    ).all()
    at = clock.iso(clock.now())
    changes = ((token_id, {"revoked_at": (None, at)}) for token_id in ended)
    audit.record_many(session, action="update", entity="personal_tokens", changes_by_id=changes)


def touch(session: Session, key: TokenKey, *, last_used_at: datetime | None) -> None:
    """Write down that the token is in use, at most every five minutes."""
    moment = clock.now()
    if last_used_at is not None and moment - last_used_at < TOUCH_EVERY:
        return
    session.execute(
        update(PersonalToken)
        .where(PersonalToken.org_id == key.org_id, PersonalToken.id == key.token_id)
        .values(last_used_at=moment)
        .execution_options(synchronize_session=False)
    )


def _is_alive() -> ColumnElement[bool]:
    return PersonalToken.revoked_at.is_(None) & (PersonalToken.expires_at > clock.now())


def _reached(actor: Actor, policy: str) -> ColumnElement[bool]:
    if scope_of(actor, policy) is Scope.ALL:
        return true()
    return PersonalToken.user_id == actor.user_id
