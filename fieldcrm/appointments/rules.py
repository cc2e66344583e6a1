"""Pure decisions about appointments: which times can be, what a whole day is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST: Final = timedelta(days=31)
MOST_INVITEES: Final = 30

Times = tuple[datetime, datetime]


def times_problem(starts_at: datetime, ends_at: datetime) -> str | None:
    """Return the message code of times that cannot be, or None."""
    if not EARLIEST <= starts_at <= LATEST:
        return "bad_date"
    if ends_at < starts_at:
        return "ends_before_it_starts"
    if ends_at - starts_at > LONGEST:
        return "appointment_too_long"
    return None


def whole_days(starts_at: datetime, ends_at: datetime, timezone: str) -> Times:
    """Return the beginning of the first local day that is touched and the end of the last, in UTC."""
    zone = ZoneInfo(timezone)
    first, last = starts_at.astimezone(zone).date(), ends_at.astimezone(zone)
    # The end of a day is the beginning of the next: it touches that day only when there is nothing else.
    reaches_in = last.time() != time.min or last.date() == first
    after = last.date() + timedelta(days=1) if reaches_in else last.date()
    return (
        datetime.combine(first, time.min, zone).astimezone(UTC),
        datetime.combine(after, time.min, zone).astimezone(UTC),
    )
