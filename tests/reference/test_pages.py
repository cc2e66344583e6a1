"""Lists in pages: every row once, in order, whatever the size of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Connection

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.ids import new_id
from fieldcrm.imports.models import Import
from fieldcrm.sync.models import Device
from fieldcrm.visits.models import Attachment
from tests.contracts.rows import World, make_world
from tests.fixtures.people import FieldClient

COUNT = 5
LISTS = ("/api/attachments", "/api/contacts", "/api/devices", "/api/imports")


@pytest.fixture
def world(connection: Connection) -> World:
    return make_world(connection, "見本")


@pytest.fixture
def client(world: World, client_for: Callable[..., FieldClient]) -> FieldClient:
    return client_for(world.administrator)


def _copy(actor: Actor, model: Any, times: int, **changes: Any) -> None:
    """Put copies of the world's one row beside it, all of the same moment but the last."""
    with transaction(actor) as session:
        table = model.__table__
        row = dict(session.execute(table.select().where(table.c.org_id == actor.org_id)).mappings().one())
        for _ in range(times):
            session.execute(insert(table).values({**row, **changes, "id": new_id()}))


def _fill(client: FieldClient, world: World, path: str) -> dict[str, Any]:
    actor = world.administrator.actor
    if path == "/api/contacts":
        account_id = str(world.one("accounts"))
        for kana, name in (("イ", "井"), (None, "乙"), (None, "甲"), ("ア", "阿")):
            body = {"account_id": account_id, "name": name, "name_kana": kana}
            assert client.post(path, json=body).status_code == 201
        return {"account_id": account_id}
    model = {"/api/attachments": Attachment, "/api/devices": Device, "/api/imports": Import}[path]
    _copy(actor, model, COUNT - 1, **({"state": "done"} if model is Import else {}))
    return {"account_id": str(world.one("accounts"))} if model is Attachment else {}


@pytest.mark.parametrize("path", LISTS)
def test_pages_hold_every_row_once_and_in_order(client: FieldClient, world: World, path: str) -> None:
    query = _fill(client, world, path)
    whole = [row["id"] for row in client.get(path, query_string=query).json["items"]]
    assert len(whole) >= COUNT - 1
    for limit in (1, 2, len(whole)):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = client.get(path, query_string={**query, "limit": limit, **cursor}).json
            assert len(page["items"]) <= limit
            seen += [row["id"] for row in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == whole, limit


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["x", "WzFd", "W251bGwsMSwyXQ", "0b5c9a52-1f6e-4a7d-9c3b-2f8e6d1a7c40"])
def test_a_mark_of_another_list_is_refused(client: FieldClient, world: World, path: str, cursor: str) -> None:
    query = {"account_id": str(world.one("accounts"))} if path in LISTS[:2] else {}
    answer = client.get(path, query_string={**query, "cursor": cursor})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "bad_cursor")


def test_rows_that_come_in_between_shift_nothing(client: FieldClient, world: World) -> None:
    _fill(client, world, "/api/devices")
    first = client.get("/api/devices", query_string={"limit": 2}).json
    _copy_newer(world)
    rest = client.get("/api/devices", query_string={"cursor": first["next_cursor"]}).json
    ids = [row["id"] for row in (*first["items"], *rest["items"])]
    assert len(set(ids)) == len(ids) == COUNT


def _copy_newer(world: World) -> None:
    with transaction(world.administrator.actor) as session:
        session.add(
            Device(
                org_id=world.org.org_id,
                user_id=world.administrator.id,
                label="新しい端末",
                app_version="1",
                last_seen_at=clock.now(),
            )
        )
