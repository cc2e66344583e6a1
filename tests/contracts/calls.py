"""Calls of every endpoint, made up from the URL map and the shapes that endpoints accept.

Ids are what separation is about: which of a call's values are ids is told by their type or by their
name (``owner_id``, ``contact_ids``, ``owner``), and the table they refer to by the same name.
"""

from __future__ import annotations

import types
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from flask import Flask
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, FloatConverter, IntegerConverter

from fieldcrm.core.converters import DateConverter
from fieldcrm.core.endpoint import PUBLIC
from fieldcrm.core.ids import new_id
from tests.contracts.rows import tenant_tables

# What people are called where they own or did something; every other id is named after its table.
TABLE_OF = {
    "owner": "users",
    "by": "users",
    "created_by": "users",
    "field": "custom_fields",
    "into": "accounts",
    "must": "accounts",
    "leave_out": "accounts",
    "order": "accounts",
}
Ids = Mapping[str, list[uuid.UUID]]
MINTED = frozenset({"id", "device_id"})
"""A client mints the id of what it creates, and its own: not references."""


@dataclass(frozen=True)
class Endpoint:
    """One method of one address."""

    rule: Rule
    method: str
    policy: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


@dataclass(frozen=True)
class Call:
    """A request: path values, query, JSON body; ``why`` names what is foreign in it."""

    endpoint: Endpoint
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    why: str = ""

    def url(self, app: Flask) -> str:
        """Return the address."""
        adapter = app.url_map.bind("localhost")
        return adapter.build(self.endpoint.rule.endpoint, dict(self.path), method=self.endpoint.method)


def endpoints(app: Flask) -> list[Endpoint]:
    """Return every endpoint that is not public."""
    rules = [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()]
    return [
        Endpoint(rule, method, str(view.policy), getattr(view, "body", None), getattr(view, "query", None))
        for rule, view in rules
        if getattr(view, "policy", None) != PUBLIC
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def own_call(endpoint: Endpoint, ids: Ids) -> Call:
    """Return a call whose ids are all of the organisation that ``ids`` describes."""
    path = {name: _path_value(endpoint.rule, name, ids) for name in sorted(endpoint.rule.arguments)}
    body = None if endpoint.body is None else sample_of(endpoint.body, ids)
    query = {} if endpoint.query is None else sample_of(endpoint.query, ids)
    return Call(endpoint, path, query, body)


def foreign_calls(endpoint: Endpoint, *, own: Ids, foreign: Ids) -> Iterator[Call]:
    """Yield calls that differ from an own one by a single foreign id: path, query or body."""
    base = own_call(endpoint, own)
    for name in sorted(base.path):
        if isinstance(base.path[name], uuid.UUID):
            for table, rows in foreign.items():
                yield _with(base, path={**base.path, name: rows[0]}, why=f"path {name} of {table}")
    for name, table in references(endpoint.query):
        for row in foreign[table][:1]:
            yield _with(base, query={**base.query, name: row}, why=f"query {name}")
    for name, table in references(endpoint.body):
        value: Any = foreign[table][0]
        is_many = endpoint.body is not None and holds_list(endpoint.body.model_fields[name].annotation)
        yield _with(
            base, body={**base.body, name: [str(value)] if is_many else str(value)}, why=f"body {name}"
        )


def has_references(endpoint: Endpoint) -> bool:
    """Return whether the body refers to other rows."""
    return any(True for _ in references(endpoint.body))


def references(model: type[BaseModel] | None) -> Iterator[tuple[str, str]]:
    """Yield the fields of a shape that refer to rows, with the table each refers to."""
    known = {table.name: table for table in tenant_tables()}
    for name, info in ({} if model is None else model.model_fields).items():
        table = table_of(name, known)
        is_named_so = name.endswith(("_id", "_ids")) or name in (*TABLE_OF, "user", "team")
        if name not in MINTED and table is not None and (_is_id(info) or is_named_so):
            yield name, table
        elif name not in MINTED and _is_id(info):
            raise LookupError(f"{model.__name__}.{name}: name it after the table it refers to")


def table_of(name: str, known: Mapping[str, Any]) -> str | None:
    """Return the table that a field or parameter of this name refers to."""
    stem = name.removesuffix("_ids").removesuffix("_id").removesuffix("s")
    if stem in TABLE_OF:
        return TABLE_OF[stem]
    plural = f"{stem[:-1]}ies" if stem.endswith("y") else f"{stem}s"
    return plural if plural in known else None


def _with(base: Call, **changes: Any) -> Call:
    return Call(**{**vars(base), **changes})


def _path_value(rule: Rule, name: str, ids: Ids) -> Any:
    converter = rule._converters[name]
    if isinstance(converter, (IntegerConverter, FloatConverter)):
        return 1
    if isinstance(converter, AnyConverter):
        return next(iter(converter.items))
    if isinstance(converter, DateConverter):
        return date(2026, 11, 18)
    table = table_of(name, ids)
    if table is None:
        # /api/custom-fields/<id>: named by what stands before it
        before = rule.rule.split(f":{name}>")[0].split(f"<{name}>")[0].rstrip("<uid:")
        table = before.rstrip("/<").rsplit("/", 1)[-1].replace("-", "_")
    if table not in ids:
        raise LookupError(f"{rule.rule}: which table does {name!r} refer to? Name it <table's singular>_id")
    return ids[table][0]


def sample_of(model: type[BaseModel], ids: Ids) -> dict[str, Any]:
    """Return the least that ``model`` accepts, every reference filled with an own row."""
    referring, shapes = dict(references(model)), model.model_json_schema()["properties"]
    sample: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        key = info.alias or name
        if name in referring:
            row = str(ids[referring[name]][0])
            sample[key] = [row] if holds_list(info.annotation) else row
        elif info.is_required():
            value = _value(name, info.annotation, ids)
            longest = shapes[key].get("maxLength")
            sample[key] = value[:longest] if isinstance(value, str) else value
    return sample


def _is_id(info: FieldInfo) -> bool:
    return uuid.UUID in _leaves(info.annotation)


def _leaves(annotation: Any) -> set[Any]:
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal or not arguments:
        return {annotation}
    return set().union(*(_leaves(argument) for argument in arguments))


def holds_list(annotation: Any) -> bool:
    if hasattr(annotation, "__metadata__"):
        return holds_list(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return any(holds_list(choice) for choice in get_args(annotation))
    return get_origin(annotation) is list


def _value(name: str, annotation: Any, ids: Ids) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _value(name, next(each for each in arguments if each is not type(None)), ids)
    if origin is Literal:
        return arguments[0]
    if origin is list:
        return [_value(name, arguments[0], ids)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return sample_of(annotation, ids)
    return _plain(name, annotation)


def _plain(name: str, annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation)).value
    bare = get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation
    simple: dict[Any, Any] = {
        uuid.UUID: str(new_id()),
        str: {"email": "sample@example.jp", "sha256": "0" * 64, "media_type": "image/jpeg"}.get(
            name, "sample"
        ),
        int: 1,
        float: {"lon": 139.7, "lat": 35.6}.get(name, 1.0),
        bool: True,
        date: "2026-11-18",
        datetime: "2026-11-18T01:00:00Z",
    }
    return simple.get(bare, {})
