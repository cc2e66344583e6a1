"""Values of the fields that the administrator defined: checked by type. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from fieldcrm.core.errors import FieldError

TYPES: Final = ("text", "number", "date", "choice")
MAX_TEXT: Final = 1000


@dataclass(frozen=True, slots=True)
class CustomFieldRule:
    """What a value of one custom field may be."""

    key: str
    type: str
    choices: Sequence[str] = ()


def check_custom(
    values: Mapping[str, object], fields: Mapping[str, CustomFieldRule]
) -> tuple[dict[str, object], list[FieldError]]:
    """Return the values as stored, and an error for each that does not fit; None means "empty"."""
    checked: dict[str, object] = {}
    errors: list[FieldError] = []
    for key, value in values.items():
        rule = fields.get(key)
        where = f"custom.{key}"
        if rule is None:
            errors.append(FieldError(where, "unknown_field"))
        elif value is None or value == "":
            checked[key] = None
        else:
            stored = _check(value, rule, where)
            if isinstance(stored, FieldError):
                errors.append(stored)
            else:
                checked[key] = stored
    return checked, errors


def _check(value: object, rule: CustomFieldRule, where: str) -> object | FieldError:
    if rule.type == "number":
        return _check_number(value, where)
    if not isinstance(value, str):
        return FieldError(where, "bad_value")
    if rule.type == "date":
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            return FieldError(where, "bad_date")
    if rule.type == "choice":
        return value if value in rule.choices else FieldError(where, "not_a_choice")
    return value if len(value) <= MAX_TEXT else FieldError(where, "too_long", {"max": MAX_TEXT})


def _check_number(value: object, where: str) -> float | int | FieldError:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return FieldError(where, "not_a_number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return FieldError(where, "not_a_number")
    if not math.isfinite(number) or abs(number) > 1e15:
        return FieldError(where, "not_a_number")
    return int(number) if number == int(number) else number
