"""The clock: the one place that asks what time it is, so that tests can set it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present moment in UTC."""
    return _read()


def _read() -> datetime:
    # Apart from now(), which columns keep as their default: a test that sets the time sets it there too.
    return datetime.now(UTC)


def local_date(at: datetime, timezone: str) -> date:
    """Return the calendar day of ``at`` where the organisation lives."""
    return at.astimezone(ZoneInfo(timezone)).date()


def start_of_day(day: date, timezone: str) -> datetime:
    """Return the moment at which a calendar day begins where the organisation lives."""
    return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)


def parse_iso(text: object) -> datetime | None:
    """Return the moment that ``iso`` wrote, or None."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else None


def iso(at: datetime | None) -> str | None:
    """Return ``at`` as ISO 8601 in UTC with a trailing Z, or None."""
    if at is None:
        return None
    text = at.isoformat() if at.tzinfo is UTC else at.astimezone(UTC).isoformat()
    return text[: -len("+00:00")] + "Z"
