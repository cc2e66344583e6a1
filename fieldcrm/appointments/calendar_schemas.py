"""Wire shapes of calendars elsewhere: the link to read one's own, the address of another."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fieldcrm.core.wire import Moment, Wire


class FeedOut(Wire):
    """The link under which calendar programs read one's appointments; its address is told once."""

    created_at: Moment
    last_read_at: Moment | None


class BusyCalendarOut(Wire):
    """The calendar elsewhere: of its address only the host is told.

    ``problem`` says why the last reading failed; what was read before stays.
    """

    host: str
    keeps_titles: bool
    read_at: Moment | None
    tried_at: Moment | None
    problem: str | None
    message: str | None


class CalendarOut(Wire):
    """What of one's calendar is linked with others."""

    feed: FeedOut | None
    busy: BusyCalendarOut | None


class FeedMade(FeedOut):
    """A new link: whoever has it reads the calendar. Nobody can ask for it again."""

    url: str


class BusyCalendarIn(Wire):
    """The address of a calendar (https or webcal); titles are kept only when wanted."""

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    keeps_titles: bool = False
