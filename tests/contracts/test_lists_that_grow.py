"""Lists that grow come in pages, whoever adds one: generated over the OpenAPI document.

What answers with rows takes ``cursor`` and ``limit`` and tells ``next_cursor``; page by page it gives each
row once, in the order of the whole, also where rows share the moment they are ordered by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from apiflask import APIBlueprint
from flask import Flask
from sqlalchemy import DateTime, insert
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.ids import new_id
from fieldcrm.core.paging import PageQuery
from fieldcrm.core.wire import Wire
from fieldcrm.reference.document import document
from tests.conftest import build_app
from tests.contracts.calls import Call, Endpoint, endpoints, own_call
from tests.contracts.rows import World, enter, made_row, make_world, tenant_tables
from tests.fixtures.people import FieldClient, signed_in_client

# Lists that are whole, and why they may be.
WHOLE = {
    "GET /api/accounts/{account_id}/worth": "the factors of one value",
    "GET /api/accounts/nearest": "as many as were asked for, by distance",
    "GET /api/audit/choices": "the words of the log: some dozens",
    "GET /api/coverage": "figures: a line an owner and a municipality",
    "GET /api/custom-fields": "what an administrator sets: some dozens",
    "GET /api/imports/{import_id}/mapping": "the columns of one file",
    "GET /api/outcomes": "what an administrator sets: some dozens",
    "GET /api/planning/preferences": "what one sets for oneself: some breaks, the nights of a season",
    "GET /api/session": "what the app starts with, and works with where there is no network",
    "GET /api/statuses": "what an administrator sets: some dozens",
    "GET /api/sync/pull": "goes on from its cursor while there is more",
    "GET /api/team/today": "one day",
}
ROWS_OF_EACH = 3
# What a made-up row must say to be in its list.
SAID = {"imports": {"state": "done"}, "import_rows": {"state": "refused"}}

Json = Any


def test_what_answers_with_rows_comes_in_pages(app: Flask) -> None:
    told = document(app)
    assert [label for label in unpaged(told) if label not in WHOLE] == []
    assert set(WHOLE) - set(unpaged(told)) == set(), "no longer whole"


def test_page_by_page_each_row_comes_once_in_the_order_of_the_whole(
    app: Flask, connection: Connection
) -> None:
    world = _full_world(connection)
    client = signed_in_client(app, world.administrator)
    for text in ("一", "二"):  # each change is a row of the history
        client.patch(f"/api/accounts/{world.one('accounts')}", json={"notes": text})
    labels = set(paged(document(app)))
    lists = [each for each in endpoints(app) if _label(each) in labels]
    assert len(lists) > 10
    faults = {
        _label(each): fault for each in lists if (fault := _fault_of(client, own_call(each, world.ids)))
    }
    assert faults == {}


class _Rows(Wire):
    items: list[dict[str, Any]]


class _Page(_Rows):
    next_cursor: str | None


@pytest.fixture
def careless(database: dict[str, str], connection: Connection) -> Iterator[Flask]:
    """The application with a list that is whole, and one that gives its first page again and again."""
    app = build_app(database)
    bp = APIBlueprint("careless", __name__)

    @bp.get("/api/planted/whole")
    @endpoint("session.read", answer=_Rows)
    def whole(*, actor: Actor) -> _Rows:
        return _Rows(items=[])

    @bp.get("/api/planted/first")
    @endpoint("session.read", query=PageQuery, answer=_Page)
    def first(*, actor: Actor, query: PageQuery) -> _Page:
        return _Page(items=[{"n": n} for n in range(query.limit)][:3], next_cursor="WzFd")

    app.register_blueprint(bp)
    with app.app_context():
        db._app_engines[app][None] = connection  # type: ignore[assignment]
        yield app


def test_a_list_without_pages_and_one_that_does_not_turn_them_are_found(
    careless: Flask, connection: Connection
) -> None:
    told = document(careless)
    assert set(unpaged(told)) - set(WHOLE) == {"GET /api/planted/whole"}
    client = signed_in_client(careless, make_world(connection, "見本").administrator)
    (planted,) = [each for each in endpoints(careless) if _label(each) == "GET /api/planted/first"]
    assert _fault_of(client, Call(planted)) is not None


def unpaged(told: Json) -> list[str]:
    """Return the reads that answer with rows and not in pages."""
    return [label for label, is_paged in _lists(told) if not is_paged]


def paged(told: Json) -> list[str]:
    """Return the reads that answer with rows in pages."""
    return [label for label, is_paged in _lists(told) if is_paged]


def _lists(told: Json) -> Iterator[tuple[str, bool]]:
    for path, methods in told["paths"].items():
        content = methods.get("get", {"responses": {}})["responses"].get("200", {}).get("content", {})
        shape = _resolved(told, content.get("application/json", {}).get("schema", {}))
        # What is under the address of a row is the row, with what belongs to it.
        if path.endswith("}") or not _holds_rows(told, shape):
            continue
        taken = {each["name"] for each in methods["get"].get("parameters", [])}
        yield f"GET {path}", {"cursor", "limit"} <= taken and "next_cursor" in shape["properties"]


def _holds_rows(told: Json, shape: Json) -> bool:
    parts = [shape, *(_resolved(told, each) for each in shape.get("properties", {}).values())]
    lists = [part["items"] for part in parts if part.get("type") == "array"]
    return any(_resolved(told, each).get("type") == "object" for each in lists)


def _resolved(told: Json, shape: Json) -> Json:
    while "$ref" in shape:
        shape = told["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]]
    return shape


def _label(each: Endpoint) -> str:
    path = each.rule.rule
    for name in each.rule.arguments:
        path = path.replace(f"<uuid:{name}>", f"{{{name}}}")
    return f"{each.method} {path}"


def _full_world(connection: Connection) -> World:
    """Return an organisation with some rows of each kind at one account, written at one moment."""
    world = make_world(connection, "見本")
    moment = clock.now()
    enter(connection, world.org.org_id)
    for table in tenant_tables():
        for number in range(1, ROWS_OF_EACH):
            given: dict[str, Any] = (
                {"id": new_id()} if isinstance(table.c.get("id", table.c.org_id).type, UUID) else {}
            )
            for key in table.foreign_keys:
                if key.column.name == "id" and (rows := world.ids.get(key.column.table.name)):
                    given[key.parent.name] = rows[0]
            past = [c.name for c in table.columns if isinstance(c.type, DateTime) and c.name in _ORDERING]
            given |= dict.fromkeys(past, moment) | SAID.get(table.name, {})
            if "row_no" in table.columns:  # where in its file a row is
                given["row_no"] = number
            _add(connection, table, World(world.org, world.administrator, f"見本{number}"), given)
    return world


_ORDERING = frozenset({"created_at", "last_seen_at", "occurred_at", "at"})


def _add(connection: Connection, table: Any, world: World, given: Mapping[str, Any]) -> None:
    savepoint = connection.begin_nested()
    try:
        connection.execute(insert(table).values(made_row(connection, table, world, given)))
    except IntegrityError:  # there is one of its kind, as it should be
        savepoint.rollback()
    else:
        savepoint.commit()


def _fault_of(client: FieldClient, call: Call) -> str | None:
    """Return what is wrong with the pages of a list."""
    whole = _ask(client, call, limit=200)["items"]
    if len(whole) < 2:
        return f"{len(whole)} rows: nothing is proved"
    walked: list[Json] = []
    cursor: dict[str, Any] = {}
    for _ in whole:
        page = _ask(client, call, limit=1, **cursor)
        walked += page["items"]
        cursor = {"cursor": page["next_cursor"]}
    if json.dumps(walked) != json.dumps(whole):
        return f"{len(walked)} rows page by page are not the {len(whole)} of the whole"
    return None if cursor["cursor"] is None else "goes on after the last"


def _ask(client: FieldClient, call: Call, **page: Any) -> Json:
    answer = client.get(call.url(client.application), query_string={**call.query, **page})
    assert answer.status_code == 200, f"{call.endpoint}: {answer.text}"
    return answer.json
