"""The readable page of the API: the document's operations as a template lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup, escape

from fieldcrm.core.actor import Role
from fieldcrm.identity.policy import POLICIES, Scope
from fieldcrm.reference.typewords import limits_of, name_in, type_words

Json = dict[str, Any]

_CODE: Final = re.compile(r"`([^`]+)`")
_BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of a shape."""

    name: str
    type: str
    shape: str | None
    is_required: bool
    limits: str
    told: Markup
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one status means and carries."""

    status: str
    told: Markup
    media_type: str
    type: str
    shape: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    told: Markup
    reach: tuple[tuple[Role, Scope], ...]
    is_open: bool
    parameters: tuple[Field, ...]
    bodies: tuple[Answer, ...]
    answers: tuple[Answer, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Room:
    """A tag and its operations."""

    name: str
    told: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A component: its members, or what kind of value it is."""

    name: str
    told: Markup
    fields: tuple[Field, ...]
    type: str


def rooms_of(told: Json) -> tuple[Room, ...]:
    """Return the rooms of the document with their operations, in the order of addresses."""
    entries: dict[str, list[Entry]] = {}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            entries.setdefault(operation["tags"][0], []).append(_entry(told, path, method.upper(), operation))
    return tuple(Room(tag["name"], tag["description"], tuple(entries[tag["name"]])) for tag in told["tags"])


def shapes_of(told: Json) -> tuple[Shape, ...]:
    """Return the document's shapes by name."""
    return tuple(
        Shape(name, prose(schema.get("description", "")), tuple(_members(schema)), type_words(schema))
        for name, schema in sorted(told["components"]["schemas"].items())
    )


def prose(text: str) -> Markup:
    """Return a description with its code and bold words marked, and nothing else."""
    marked = _BOLD.sub(r"<b>\1</b>", _CODE.sub(r"<code>\1</code>", str(escape(text))))
    return Markup(marked)  # noqa: S704 - escaped above


def _entry(told: Json, path: str, method: str, operation: Json) -> Entry:
    row: Mapping[Role, Scope] = POLICIES.get(operation.get("x-policy", ""), {})
    content = operation.get("requestBody", {}).get("content", {})
    return Entry(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        told=prose(operation.get("description", "")),
        reach=tuple(row.items()),
        is_open=not row,
        parameters=tuple(_parameter(each) for each in operation.get("parameters", ())),
        bodies=tuple(_content("", "", {kind: each}) for kind, each in content.items()),
        answers=tuple(_answer(told, status, each) for status, each in sorted(operation["responses"].items())),
        example=_example(path, method, operation),
    )


def _parameter(told: Json) -> Field:
    return Field(
        name=told["name"],
        type=type_words(told["schema"]),
        shape=name_in(told["schema"]),
        is_required=told["required"],
        limits=limits_of(told["schema"]),
        told=prose(told["description"]),
        place=told["in"],
    )


def _answer(told: Json, status: str, response: Json) -> Answer:
    if "$ref" in response:
        response = told["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
    return _content(status, response["description"], response.get("content", {}))


def _content(status: str, told: str, content: Json) -> Answer:
    media_type = next(iter(content), "")
    schema: Json = content[media_type].get("schema", {}) if content else {}
    words = type_words(schema) if schema else ""
    return Answer(status, prose(told), media_type, words, name_in(schema))


def _members(schema: Json) -> Iterator[Field]:
    required = set(schema.get("required", ()))
    for name, member in schema.get("properties", {}).items():
        yield Field(
            name=name,
            type=type_words(member),
            shape=name_in(member),
            is_required=name in required,
            limits=limits_of(member),
            told=prose(member.get("description", "")),
        )


def _example(path: str, method: str, operation: Json) -> str:
    """Return a command that calls the operation with a token."""
    words = ["curl"]
    if method != "GET":
        words.append(f"-X {method}")
    if {"bearerAuth": []} in operation["security"]:
        words.append('-H "Authorization: Bearer $TOKEN"')
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        words.append("-H 'Content-Type: application/json' -d @body.json")
    elif "multipart/form-data" in content:
        words.append("-F file=@customers.xlsx")
    elif content:
        words.append("--data-binary @part")
    return f'{" ".join(words)} "$SERVER{path}"'
