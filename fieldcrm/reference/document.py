"""The OpenAPI 3.1 document of the API, made from what the endpoints say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask import Flask
from pydantic import BaseModel

from fieldcrm import __version__
from fieldcrm.identity.policy import NOT_WITH_TOKEN
from fieldcrm.reference import parts
from fieldcrm.reference.operations import Operation, find_operations
from fieldcrm.reference.parameters import parameters_of
from fieldcrm.reference.refusals import refusals_of
from fieldcrm.reference.shapes import schemas_of
from fieldcrm.reference.words import INTRODUCTION, ROOMS

Json = dict[str, Any]

_SUCCESS: Final = {
    200: "What was asked for.",
    201: "Created.",
    202: "Taken in; it is done in the background.",
    204: "Done; there is nothing to tell.",
    206: "The part of the file that was asked for.",
    304: "What `If-None-Match` named has not changed.",
    503: "The same, and something is wrong.",
}
_WITHOUT_CONTENT: Final = frozenset({204, 304})


def document(app: Flask) -> Json:
    """Return the document of ``app``, the same for everyone who asks."""
    operations = list(find_operations(app))
    paths: Json = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    rooms = sorted({each.room for each in operations})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FieldCRM",
            "version": __version__,
            "summary": "A map-based CRM for outside sales.",
            "description": INTRODUCTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "tags": [{"name": room, "description": ROOMS.get(room, room)} for room in rooms],
        "paths": paths,
        "components": {
            "schemas": {**schemas_of(_models(operations)), **parts.PROBLEM_SCHEMAS},
            "responses": parts.RESPONSES,
            "headers": parts.HEADERS,
            "securitySchemes": parts.SECURITY_SCHEMES,
        },
    }


def _models(operations: Iterable[Operation]) -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {}
    for each in operations:
        told = each.description
        found.update(dict.fromkeys(model for model in (told.body, told.answer) if model is not None))
    return list(found)


def _operation(operation: Operation) -> Json:
    summary, more = operation.words
    told: Json = {
        "tags": [operation.room],
        "operationId": operation.view.__name__,
        "summary": summary,
        "security": parts.security_of(
            is_public=operation.is_public,
            is_write=operation.is_write,
            is_for_programs=operation.description.policy not in NOT_WITH_TOKEN,
        ),
        "parameters": parameters_of(operation),
        "responses": {**refusals_of(operation), **_successes(operation)},
    }
    if more:
        told["description"] = more
    if not operation.is_public:
        told["x-policy"] = operation.description.policy
    if content := _taken(operation):
        told["requestBody"] = {"required": _is_body_needed(operation), "content": content}
    return {name: value for name, value in told.items() if value != [] or name == "security"}


def _taken(operation: Operation) -> Json:
    told = operation.description
    content = {media_type: {"schema": dict(schema)} for media_type, schema in told.details.takes.items()}
    if told.body is not None:
        content["application/json"] = {"schema": _reference(told.body)}
    return content


def _is_body_needed(operation: Operation) -> bool:
    body = operation.description.body
    return body is None or any(field.is_required() for field in body.model_fields.values())


def _successes(operation: Operation) -> Json:
    told = operation.description
    statuses = [204 if told.is_empty and told.status == 200 else told.status, *told.details.also]
    if _is_conditional(operation):
        statuses.append(304)
    return {str(status): _success(operation, status) for status in sorted(set(statuses))}


def _success(operation: Operation, status: int) -> Json:
    told = operation.description
    answer: Json = {"description": _SUCCESS[status], "headers": {"X-Request-Id": parts.REQUEST_ID}}
    if status not in _WITHOUT_CONTENT:
        schema = _reference(told.answer) if told.answer is not None else dict(told.details.schema or {})
        answer["content"] = {told.details.media_type: {"schema": schema}}
    if _is_conditional(operation):
        answer["headers"]["ETag"] = parts.ETAG
    if operation.is_write and not operation.is_public:
        answer["headers"]["Idempotent-Replay"] = parts.IDEMPOTENT_REPLAY
    return answer


def _is_conditional(operation: Operation) -> bool:
    return operation.description.has_etag and operation.method == "GET"


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
