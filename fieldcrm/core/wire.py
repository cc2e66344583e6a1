"""Wire shapes: the base of every schema, and parsing that answers with field-level errors."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

from flask import request
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from werkzeug.datastructures import MultiDict

from fieldcrm.core import clock
from fieldcrm.core.errors import FieldError, Invalid

M = TypeVar("M", bound=BaseModel)

# C0 controls but tab and newlines, C1 controls, and lone surrogates: PostgreSQL refuses NUL, and
# none of them can be typed on purpose.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


# Looked up first: to ask whether something is a mapping takes longer than all the rest.
_ALWAYS_USABLE = frozenset({int, bool, date, datetime, UUID})


def is_usable(text: str) -> bool:
    """Return whether the database can keep ``text``."""
    return _UNUSABLE.search(text) is None


def _demand_usable(value: Any) -> None:
    """Refuse, at any depth, text and numbers that the database cannot keep."""
    if value is None or type(value) in _ALWAYS_USABLE:
        return
    if isinstance(value, str):
        if not is_usable(value):
            raise PydanticCustomError("bad_characters", "unusable characters")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise PydanticCustomError("not_a_number", "not a finite number")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _demand_usable(key)
            _demand_usable(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _demand_usable(inner)


class Wire(BaseModel):
    """Base of request and answer shapes: unknown fields refused, text stripped and usable."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, from_attributes=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _usable_text(cls, data: Any) -> Any:
        if type(data) is dict or isinstance(data, Mapping):
            for name, value in data.items():
                try:
                    _demand_usable(value)
                except PydanticCustomError as error:
                    raise ValidationError.from_exception_data(
                        cls.__name__,
                        [{"type": error, "loc": (str(name),), "input": None}],
                    ) from None
        return data


def _to_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:  # the first or the last day of the calendar, with an offset
        raise PydanticCustomError("bad_date", "outside the calendar") from None


Moment = Annotated[
    datetime,
    AfterValidator(_to_utc),
    PlainSerializer(clock.iso, return_type=str | None),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A point in time: any ISO 8601 in, UTC with Z out. Without an offset it is taken as UTC."""


def dump(model: BaseModel) -> dict[str, Any]:
    """Return ``model`` as plain JSON values."""
    return model.model_dump(mode="json")


def parse(model: type[M], data: Any) -> M:
    """Return ``data`` as ``model``, or raise Invalid with one error a field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise Invalid(*(_field_error(e) for e in error.errors())) from None


def parse_query(model: type[M], args: MultiDict[str, str]) -> M:
    """Return query parameters as ``model``; a parameter that may repeat becomes a list."""
    repeatable = _repeatable(model)
    data: dict[str, Any] = {
        name: values if name in repeatable else values[-1] for name, values in args.lists()
    }
    return parse(model, data)


@cache
def _repeatable(model: type[BaseModel]) -> frozenset[str]:
    """Return the names, as sent, of the fields that hold lists."""
    return frozenset(
        field.alias or name for name, field in model.model_fields.items() if _is_list(field.annotation)
    )


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (list, tuple, set, frozenset) or annotation in (list, tuple, set, frozenset):
        return True
    is_optional = get_origin(annotation) in (Union, UnionType)
    return is_optional and any(_is_list(choice) for choice in get_args(annotation))


def parse_body(model: type[M]) -> M:
    """Return the request's JSON body as ``model``."""
    try:
        data = request.get_json(silent=True)
    except RecursionError:
        raise Invalid(code="bad_json") from None
    if data is None and request.get_data(cache=True) not in (b"", b"null"):
        raise Invalid(code="bad_json")
    return parse(model, {} if data is None else data)


def _field_error(error: ErrorDetails) -> FieldError:
    path = ".".join(str(part) for part in error["loc"]) or "body"
    kind = error["type"]
    context: dict[str, Any] = dict(error.get("ctx") or {})
    if kind == "missing":
        return FieldError(path, "required")
    if kind in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return FieldError(path, "required")
    if kind in ("string_too_long", "too_long"):
        code = "too_long" if kind == "string_too_long" else "too_many"
        return FieldError(path, code, {"max": context.get("max_length")})
    if kind == "greater_than_equal":
        return FieldError(path, "below_minimum", {"min": context["ge"]})
    if kind == "less_than_equal":
        return FieldError(path, "above_maximum", {"max": context["le"]})
    return FieldError(path, _CODE_OF_TYPE.get(kind, kind if kind in _OWN_CODES else "bad_value"))


_CODE_OF_TYPE = {
    "string_too_short": "too_short",
    "int_parsing": "not_a_number",
    "int_type": "not_a_number",
    "int_from_float": "not_a_number",
    "float_parsing": "not_a_number",
    "float_type": "not_a_number",
    "finite_number": "not_a_number",
    "uuid_parsing": "bad_id",
    "uuid_type": "bad_id",
    "date_parsing": "bad_date",
    "date_from_datetime_parsing": "bad_date",
    "date_from_datetime_inexact": "bad_date",
    "date_type": "bad_date",
    "datetime_parsing": "bad_date",
    "datetime_from_date_parsing": "bad_date",
    "datetime_type": "bad_date",
    "enum": "not_a_choice",
    "literal_error": "not_a_choice",
    "extra_forbidden": "unknown_field",
}
_OWN_CODES = frozenset(
    {
        "bad_characters",
        "not_a_number",
        "bad_email",
        "bad_url",
        "bad_phone",
        "bad_position",
        "bad_date",
        "required",
        "not_a_choice",
        "repeated",
        "bad_hours",
    }
)
