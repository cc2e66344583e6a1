"""Public holidays by country: so far Japan's (jpholiday: the law's rules, no network)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import jpholiday

JAPAN = "JP"
_YEARS = range(1949, 2151)
"""From the law's first whole year to the last for which the equinoxes are reckoned."""


@lru_cache(maxsize=4096)
def holiday_name(day: date, country: str) -> str | None:
    """Return what the public holiday is called where it is one, else None; other countries have none yet."""
    if country != JAPAN or day.year not in _YEARS:
        return None
    return jpholiday.is_holiday_name(day)
