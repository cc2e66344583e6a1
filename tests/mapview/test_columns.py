"""Columns in memory: the same sums as the database, after whatever was written, never another's."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from fieldcrm.core.actor import system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.geo import quadkey
from fieldcrm.mapview import queries, shelf
from fieldcrm.mapview.columns import Columns
from fieldcrm.mapview.rules import CellSum, Criteria, Reach, Tile
from fieldcrm.mapview.shelf import Shelf
from tests.fixtures.people import Org, Person
from tests.mapview.conftest import TOKYO, account_row, scattered, seed_statuses, tiles_over, today

PLACES = scattered(120)
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


def as_comparable(sums: list[CellSum]) -> dict[tuple[int, int], Any]:
    return {one[:2]: pytest.approx(one[2:], abs=1e-6) for one in sums}


def a_criteria(chance: random.Random, people: list[uuid.UUID], teams: list[uuid.UUID]) -> Criteria:
    """Return some combination of filters."""

    def maybe(*values: Any) -> Any:
        return chance.choice(values) if chance.random() < 0.3 else None

    reach = Reach(chance.choice(people), tuple(sorted(chance.sample(teams, chance.randint(0, 2)))))
    return Criteria(
        today=today(),
        reach=maybe(reach),
        statuses=maybe((1,), (2, 3), (6, 7)) or (),
        owner_id=maybe(*people),
        is_unowned=bool(maybe(True)),
        team_ids=maybe((teams[0],), tuple(teams)) or (),
        is_overdue=bool(maybe(True)),
        is_never_visited=bool(maybe(True)),
        visited_since=maybe(OCTOBER, OCTOBER + timedelta(days=1)),
        covered_since=maybe(OCTOBER, OCTOBER + timedelta(days=1)),
        municipality_code=maybe("13112", "01101"),
        is_outside=bool(maybe(True)),
        win_min=maybe(0, 20),
        win_max=maybe(0, 50, 100),
        kind=maybe("company", "person"),
        rank=maybe("A", "Z"),
        tag=maybe("重点", "紹介", "ない"),
    )


def test_columns_and_database_give_the_same_sums_after_any_writes(
    organisation: Org, make_user: Callable[..., Person], make_team: Callable[..., Any],
    add_accounts: Callable[..., Any], change_accounts: Callable[..., None],
) -> None:  # fmt: skip
    chance = random.Random(7)  # noqa: S311 - not a secret
    teams = [make_team().id for _ in range(3)]
    people = [make_user().id for _ in range(3)]

    def rows(count: int) -> list[Any]:
        return [
            (
                chance.choice([*PLACES, None]),
                {
                    "status": chance.randint(1, 6), "win_prob": chance.choice((None, 0, 20, 50, 100)),
                    "due_on": chance.choice((None, today(), today() - timedelta(1), today() + timedelta(1))),
                    "owner_id": chance.choice((None, *people)), "team_id": chance.choice((None, *teams)),
                    "kind": chance.choice(("company", "person", "property")),
                    "rank": chance.choice((None, "A", "B")), "tags": chance.sample(["重点", "紹介"], 1),
                    "last_visit_at": chance.choice((None, OCTOBER, OCTOBER - timedelta(seconds=1))),
                    "municipality_code": chance.choice((None, "13112", "01101")),
                },
            )
            for _ in range(count)
        ]  # fmt: skip

    columns = Columns(organisation.org_id)
    ids = add_accounts(organisation, rows(200))
    for step in range(12):
        some = chance.sample(ids, 15)
        lon, lat = chance.choice(PLACES)
        match step % 4:
            case 0:
                ids += add_accounts(organisation, rows(30))
            case 1:
                change_accounts(organisation, "status = 2, tags = '{紹介}'", "id = any(:ids)", ids=some)
            case 2:
                change_accounts(organisation, "deleted_at = now()", "id = any(:ids)", ids=some)
            case 3:
                change_accounts(
                    organisation, "deleted_at = null, lon = :lon, lat = :lat, qk = :qk", "id = any(:ids)",
                    ids=some, lon=lon, lat=lat, qk=quadkey(lon, lat),
                )  # fmt: skip
        with transaction(organisation.actor) as session:
            for _ in range(25):
                criteria = a_criteria(chance, people, teams)
                tile = chance.choice(tiles_over(chance.randint(4, 13), [chance.choice(PLACES)]))
                ours = columns.list_cells(session, tile, criteria)
                theirs = queries.list_cells_by_quadkey(session, organisation.org_id, tile, criteria)
                assert {one[:2]: one[2:] for one in ours} == as_comparable(theirs), criteria
            assert len(columns) == queries.count_placed(session, organisation.org_id)


def test_unchanged_columns_ask_for_nothing_but_the_clock(
    organisation: Org, add_accounts: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    add_accounts(organisation, [(TOKYO, {})])
    columns, everything = Columns(organisation.org_id), Criteria(today=today())
    with transaction(organisation.actor) as session:
        columns.follow(session)
        with count_queries() as asked:
            assert columns.list_cells(session, Tile(0, 0, 0), everything)[0][2] == 1
        assert len(asked) == 1, asked


def test_the_least_used_columns_leave_first(
    app: Flask, make_organisation: Callable[..., Org], add_accounts: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(shelf, "LARGE_ORGANISATION", 1)
    monkeypatch.setattr(shelf, "MAX_ACCOUNTS", 5)
    held = Shelf(app)
    orgs = [make_organisation() for _ in range(3)]
    for org in orgs:
        add_accounts(org, [(TOKYO, {}), (TOKYO, {})])
    for org in (orgs[0], orgs[1], orgs[0], orgs[2]):
        with transaction(org.actor) as session:
            held.find(session, org.actor)
    assert [held.holds(org.org_id) for org in orgs] == [True, False, True]


@pytest.fixture
def committed(app: Flask, database: dict[str, str]) -> Iterator[int]:
    """A small organisation that is really committed, so that another thread sees it."""
    org_id = 9_000_000_002
    tables = ("accounts", "account_cells", "account_statuses", "audit_log", "organisations")
    with psycopg.connect(database["owner"], autocommit=True) as owner:
        owner.execute(
            "insert into organisations (org_id, name, slug, locale, timezone, country, settings, change_seq,"
            " created_at) values (%s, 'x', 'background', 'ja', 'Asia/Tokyo', 'JP', '{}', 0, now())",
            (org_id,),
        )
        with app.app_context(), transaction(system_actor(org_id)) as session:
            seed_statuses(session, org_id)
            session.add_all([account_row(org_id, place) for place in PLACES])
        yield org_id
        for table in tables:
            owner.execute(f"delete from {table} where org_id = %s", (org_id,))


def test_columns_are_read_in_the_background(
    app: Flask, committed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "LARGE_ORGANISATION", 1)
    monkeypatch.setattr(app, "testing", False)
    held, actor = Shelf(app), system_actor(committed)
    with app.app_context(), transaction(actor) as session:
        assert held.find(session, actor) is None
    deadline = time.monotonic() + 120
    while not held.holds(committed):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with app.app_context(), transaction(actor) as session:
        columns = held.find(session, actor)
        assert columns is not None
        assert len(columns) == len(PLACES)
