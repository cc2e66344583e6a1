"""The parameters of an operation: in its address, its query, its headers; each with a description."""

from __future__ import annotations

from typing import Any, Final

from werkzeug.routing.converters import AnyConverter, FloatConverter, IntegerConverter, UUIDConverter

from fieldcrm.core.converters import DateConverter
from fieldcrm.reference.operations import Operation
from fieldcrm.reference.shapes import query_parameters
from fieldcrm.reference.words import PARAMETERS

Json = dict[str, Any]

_IDEMPOTENCY_KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A UUID of the caller's. A repeated request with the same key gets the first answer.",
    "schema": {"type": "string", "format": "uuid"},
}
_IF_NONE_MATCH: Final[Json] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of an earlier answer: 304 while it still holds.",
    "schema": {"type": "string"},
}


def parameters_of(operation: Operation) -> list[Json]:
    """Return the parameters: address, query, headers."""
    told = operation.description
    found = [_in_path(operation, name) for name in _names(operation)]
    if told.query is not None:
        found += [_described(each) for each in query_parameters(told.query)]
    if told.has_etag and operation.method == "GET":
        found.append(_IF_NONE_MATCH)
    if operation.is_write and not operation.is_public and not told.is_stepwise:
        found.append(_IDEMPOTENCY_KEY)
    found += [
        {"name": name, "in": "header", "required": False, "description": why, "schema": {"type": "string"}}
        for name, why in told.details.headers.items()
    ]
    return found


def _names(operation: Operation) -> list[str]:
    return sorted(operation.rule.arguments, key=operation.rule.rule.index)


def _described(parameter: Json) -> Json:
    if "description" in parameter:
        return parameter
    return {**parameter, "description": PARAMETERS.get(parameter["name"], "")}


def _in_path(operation: Operation, name: str) -> Json:
    converter = operation.rule._converters[name]  # noqa: SLF001 - werkzeug tells it nowhere else
    told = PARAMETERS.get(name) or f"The id of the {name.removesuffix('_id').replace('_', ' ')}."
    return {"name": name, "in": "path", "required": True, "description": told, "schema": _kind(converter)}


def _kind(converter: object) -> Json:
    if isinstance(converter, UUIDConverter):
        return {"type": "string", "format": "uuid"}
    if isinstance(converter, IntegerConverter):
        return {"type": "integer", "minimum": 0}
    if isinstance(converter, FloatConverter):
        return {"type": "number"}
    if isinstance(converter, AnyConverter):
        return {"type": "string", "enum": sorted(converter.items)}
    if isinstance(converter, DateConverter):
        return {"type": "string", "format": "date"}
    return {"type": "string", "minLength": 1}
