"""URLs of calendars elsewhere: the feed and its link, the calendar whose times are read as taken."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import Response, current_app, request

from fieldcrm.appointments import busy_calendars, feeds, messages
from fieldcrm.appointments.calendar_schemas import (
    BusyCalendarIn,
    BusyCalendarOut,
    CalendarOut,
    FeedMade,
    FeedOut,
)
from fieldcrm.appointments.models import BusyCalendar
from fieldcrm.config import Settings
from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import db, transaction
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import PUBLIC, endpoint
from fieldcrm.core.errors import NotFound
from fieldcrm.core.messages import say
from fieldcrm.identity import organisation

__all__ = ["bp", "messages", "pages"]

bp = APIBlueprint("calendars", __name__)
pages = APIBlueprint("calendar_feed", __name__, enable_openapi=False)

_FRESH_S = 300


@bp.get("/api/calendar")
@endpoint("calendars.read", answer=CalendarOut)
def get_calendar(*, actor: Actor) -> CalendarOut:
    """Return what of one's calendar is linked with others."""
    session = db.session()
    feed, busy = feeds.find_feed(session, actor), busy_calendars.find(session, actor)
    return CalendarOut(
        feed=None if feed is None else FeedOut.model_validate(feed),
        busy=None if busy is None else _busy(actor, busy),
    )


@bp.post("/api/calendar/feed")
@endpoint("calendars.link", answer=FeedMade, status=201)
def make_feed(*, actor: Actor) -> FeedMade:
    """Make the link under which calendar programs read one's appointments; a former one ends."""
    session = db.session()
    key = feeds.make_feed(session, actor)
    made = feeds.find_feed(session, actor)
    settings: Settings = current_app.extensions["settings"]
    told = FeedOut.model_validate(made).model_dump()
    return FeedMade(**told, url=f"{settings.address}/calendar/{key}.ics")


@bp.delete("/api/calendar/feed")
@endpoint("calendars.link", status=204)
def close_feed(*, actor: Actor) -> None:
    """End the link at once."""
    feeds.close_feed(db.session(), actor)


@bp.put("/api/calendar/busy")
@endpoint("calendars.link", body=BusyCalendarIn, answer=BusyCalendarOut)
def connect_busy(*, actor: Actor, body: BusyCalendarIn) -> BusyCalendarOut:
    """Have the times of a calendar elsewhere read as taken, now and every half hour."""
    session = db.session()
    found = busy_calendars.connect(session, actor, url=body.url, keeps_titles=body.keeps_titles)
    return _busy(actor, found)


@bp.post("/api/calendar/busy/read")
@endpoint("calendars.link", answer=BusyCalendarOut)
@details(problems=(404,))
def read_busy(*, actor: Actor) -> BusyCalendarOut:
    """Have the calendar elsewhere read now."""
    return _busy(actor, busy_calendars.read_now(db.session(), actor))


@bp.delete("/api/calendar/busy")
@endpoint("calendars.link", status=204)
def disconnect_busy(*, actor: Actor) -> None:
    """Read it no more, and forget what was read."""
    busy_calendars.disconnect(db.session(), actor)


@pages.get("/calendar/<key>.ics")
@endpoint(PUBLIC)
def read_feed(*, key: str) -> Response:
    """Return a person's appointments as iCalendar, to whoever has the link."""
    known = feeds.parse_key(key)
    if known is None:
        raise NotFound()
    actor = system_actor(known.org_id)
    with transaction(actor) as session:
        if organisation.find_organisation(session, actor) is None:
            raise NotFound()
        zone = organisation.organisation_of(session, actor).timezone
        content = feeds.read_feed(session, replace(actor, timezone=zone), known)
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = f"private, max-age={_FRESH_S}"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.set_etag(hashlib.blake2b(content, digest_size=12).hexdigest())
    answer.make_conditional(request)
    return answer


def _busy(actor: Actor, row: BusyCalendar) -> BusyCalendarOut:
    told: dict[str, Any] = {name: getattr(row, name) for name in ("keeps_titles", "read_at", "tried_at")}
    said = None if row.problem is None else say(f"calendar_{row.problem}", actor.locale)
    return BusyCalendarOut(host=urlsplit(row.url).hostname or "", problem=row.problem, message=said, **told)
