"""Pure decisions about activities: which moments are believable, when an edit is an amendment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

CHANNELS: Final = ("visit", "call", "email", "chat", "video", "web", "other")
VISIT: Final = "visit"
MET: Final = "met"
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE: Final = timedelta(hours=24)
"""How far a phone's clock may run ahead of ours before we say so."""


def moment_problem(occurred_at: datetime, now: datetime) -> str | None:
    """Return the message code of a moment that cannot be, or None."""
    if occurred_at > now + CLOCK_TOLERANCE:
        return "in_the_future"
    if occurred_at < EARLIEST:
        return "too_long_ago"
    return None


def is_amendment(*, is_author: bool, recorded_on: date, today: date) -> bool:
    """Return whether a change must keep the original: by another person, or on a later day."""
    return not is_author or today > recorded_on
