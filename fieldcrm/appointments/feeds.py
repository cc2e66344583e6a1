"""The feed: a secret link under which a calendar program reads one person's appointments.

The link is ``/calendar/<organisation>-<feed>-<secret>.ics``; it is shown once, and only a hash of the secret
is kept. Making another ends the former.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from flask import Flask, current_app
from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from fieldcrm.appointments import ics, queries
from fieldcrm.appointments.entries import entry_of
from fieldcrm.appointments.models import CalendarFeed
from fieldcrm.core import audit, clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import NotFound, TooManyRequests
from fieldcrm.core.ids import new_id
from fieldcrm.identity import service as identity

SECRET_BYTES: Final = 32
BACK: Final = timedelta(days=60)
AHEAD: Final = timedelta(days=400)
WINDOW: Final = timedelta(hours=1)
MOST_READS: Final = 60
"""A program that reads more often in an hour is told to wait."""

_FORM: Final = re.compile(r"(\d{1,18})-([0-9a-f]{32})-([A-Za-z0-9_-]{43})", re.ASCII)

MoreEntries = Callable[[Session, Actor, uuid.UUID, datetime, datetime], Iterable[ics.Entry]]


class FeedKey(NamedTuple):
    """What a link says: whose organisation's which feed, and the secret that proves it."""

    org_id: int
    feed_id: uuid.UUID
    secret: str

    def __str__(self) -> str:
        return f"{self.org_id}-{self.feed_id.hex}-{self.secret}"


class TooOften(TooManyRequests):
    """The feed was read too often; ``seconds`` says how long to wait."""

    code = "feed_too_often"


def parse_key(text: str) -> FeedKey | None:
    """Return what the text of a link says, or None when it is none of ours."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    return FeedKey(int(found.group(1)), uuid.UUID(found.group(2)), found.group(3))


def use_more_entries(app: Flask, more: MoreEntries) -> None:
    """Let a room above add what stands in a person's calendar besides (the stops of accepted plans)."""
    app.extensions.setdefault("calendar_entries", []).append(more)


def make_feed(session: Session, actor: Actor) -> FeedKey:
    """Open a link for the actor and end the former one; return what nobody can ask for again."""
    close_feed(session, actor)
    key = FeedKey(actor.org_id, new_id(), secrets.token_urlsafe(SECRET_BYTES))
    feed = CalendarFeed(
        org_id=actor.org_id, id=key.feed_id, user_id=actor.user_id, secret_hash=_hash(key.secret)
    )
    session.add(feed)
    session.flush()
    return key


def find_feed(session: Session, actor: Actor) -> CalendarFeed | None:
    """Return the actor's feed, or None."""
    mine = (CalendarFeed.org_id == actor.org_id, CalendarFeed.user_id == actor.user_id)
    return session.scalar(select(CalendarFeed).where(*mine))


def close_feed(session: Session, actor: Actor) -> None:
    """End the actor's link at once; what programs have read stays with them."""
    end_feeds_of(session, actor, actor.user_id)


def end_feeds_of(session: Session, actor: Actor, user_id: uuid.UUID | None) -> None:
    """End a person's link."""
    ended = session.scalars(
        delete(CalendarFeed)
        .where(CalendarFeed.org_id == actor.org_id, CalendarFeed.user_id == user_id)
        .returning(CalendarFeed.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    for feed_id in ended:
        audit.record(session, action="erase", entity="calendar_feeds", entity_id=feed_id, changes={})


def read_feed(session: Session, actor: Actor, key: FeedKey) -> bytes:
    """Return the calendar as iCalendar; ``actor`` is the organisation's own.

    Raises NotFound for a link that opens nothing, whatever is wrong with it, and TooOften.
    """
    feed = session.scalar(
        select(CalendarFeed).where(CalendarFeed.org_id == key.org_id, CalendarFeed.id == key.feed_id)
    )
    stored = b"" if feed is None else bytes(feed.secret_hash)
    is_right = hmac.compare_digest(_hash(key.secret), stored)
    if feed is None or not is_right:
        raise NotFound()
    user = identity.get_user(session, actor, feed.user_id)
    if not user.is_active:
        raise NotFound()
    _count(session, key)
    now = clock.now()
    begin, end = now - BACK, now + AHEAD
    rows = queries.list_between(session, actor, user_id=user.id, begin=begin, end=end)
    entries = [entry_of(row) for row in rows]
    for more in current_app.extensions.get("calendar_entries", []):
        entries += more(session, actor, user.id, begin, end)
    return ics.feed(entries, name=f"FieldCRM {user.name}", timezone=actor.timezone)


def _count(session: Session, key: FeedKey) -> None:
    now, feed = clock.now(), CalendarFeed
    is_over = feed.window_at < now - WINDOW
    counted: Any = session.execute(
        update(feed)
        .where(feed.org_id == key.org_id, feed.id == key.feed_id)
        .values(
            reads=case((is_over, 1), else_=feed.reads + 1),
            window_at=case((is_over, now), else_=feed.window_at),
            last_read_at=now,
        )
        .returning(feed.reads, feed.window_at)
        .execution_options(synchronize_session=False)
    ).one()
    if counted.reads > MOST_READS:
        wait = counted.window_at + WINDOW - now
        raise TooOften(seconds=max(1, int(wait.total_seconds())))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
