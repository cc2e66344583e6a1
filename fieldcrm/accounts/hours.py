"""Opening hours: which spans of a weekday are well formed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from fieldcrm.core.errors import FieldError

WEEKDAYS: Final[tuple[str, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
MAX_SPANS: Final = 6

Hours = dict[str, list[list[str]]]


def check_hours(hours: Mapping[str, Sequence[Sequence[str]]]) -> tuple[Hours | None, list[FieldError]]:
    """Return the hours with each day's spans in order (None when no day has any), and what is wrong."""
    errors: list[FieldError] = []
    checked: Hours = {}
    for day, spans in hours.items():
        if day not in WEEKDAYS:
            errors.append(FieldError(f"opening_hours.{day}", "unknown_field"))
            continue
        errors += _check_day(day, spans)
        if spans:
            checked[day] = sorted([list(span) for span in spans])
    ordered: Hours = {day: checked[day] for day in WEEKDAYS if day in checked}
    return ordered or None, errors


def _check_day(day: str, spans: Sequence[Sequence[str]]) -> list[FieldError]:
    where = f"opening_hours.{day}"
    if len(spans) > MAX_SPANS:
        return [FieldError(where, "too_many", {"max": MAX_SPANS})]
    errors = []
    for index, span in enumerate(spans):
        if len(span) != 2 or not all(_TIME.fullmatch(moment) for moment in span):
            errors.append(FieldError(f"{where}.{index}", "bad_hours"))
        elif span[0] >= span[1]:
            errors.append(FieldError(f"{where}.{index}", "hours_backwards"))
    if not errors:
        for before, after in pairwise(sorted(tuple(span) for span in spans)):
            if after[0] < before[1]:
                errors.append(FieldError(where, "hours_overlap"))
                break
    return errors
