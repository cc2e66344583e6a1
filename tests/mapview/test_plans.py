"""Each way of answering a tile follows its index, as the application's role under row-level security."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from fieldcrm.mapview import queries
from fieldcrm.mapview.rules import Criteria
from tests.mapview.conftest import TOKYO, tiles_over, today

ORG = 9_000_000_003
TILE = tiles_over(13, [TOKYO])[0]
MANY = """
    insert into accounts (org_id, id, kind, name, phones, status, tags, custom, lon, lat, geom_3857, qk,
        due_on, win_prob, precision, geo_flags, search_text, sort_key, version, change_seq, created_at,
        updated_at)
    select %(org)s, gen_random_uuid(), 'company', 'x', '[]', 1, '{}', '{}', lon, lat,
           st_transform(st_setsrid(st_makepoint(lon, lat), 4326), 3857),
           %(first)s + n * 7919 %% 40000000000, current_date - (n %% 3), n %% 101, 6, '{}', '', '', 1, 1,
           now(), now()
      from (select n, 139.0 + n %% 100 / 50.0 as lon, 35.0 + n / 100 / 50.0 as lat
              from generate_series(0, 9999) as n) as place
"""


@pytest.fixture
def connection_to_many(database: dict[str, str]) -> Iterator[psycopg.Connection]:
    """Ten thousand accounts with fresh statistics, seen as the application; nothing of it is kept."""
    with psycopg.connect(database["superuser"]) as connection, connection.transaction(force_rollback=True):
        connection.execute("set local search_path = public")
        connection.execute(
            "insert into organisations (org_id, name, slug, locale, timezone, country, settings, change_seq,"
            " created_at) values (%s, 'x', 'plans', 'ja', 'Asia/Tokyo', 'JP', '{}', 0, now())",
            (ORG,),
        )
        connection.execute(
            "insert into account_statuses (org_id, id, no, code, name_ja, name_en, letter_ja, letter_en,"
            " colour, colour_dark, shape, position, is_active, version, change_seq, created_at, updated_at)"
            " values (%s, gen_random_uuid(), 1, '', '', '', '', '', '', '', 'circle', 1, true, 1, 1, now(),"
            " now())",
            (ORG,),
        )
        connection.execute(MANY, {"org": ORG, "first": TILE.first_quadkey - 20_000_000_000})
        connection.execute("analyze accounts")
        connection.execute("analyze account_cells")
        connection.execute("set local role fieldcrm_app")
        connection.execute(f"set local app.org_id = '{ORG}'")
        yield connection


def plan(connection: psycopg.Connection, statement: str, given: dict[str, Any]) -> str:
    return "\n".join(row[0] for row in connection.execute(f"explain {statement}", given))


def test_the_roll_up_is_read_by_its_key(connection_to_many: psycopg.Connection) -> None:
    found = plan(connection_to_many, queries.ROLL_UP, queries.quadkey_range(ORG, TILE))
    assert "account_cells_pk" in found
    assert "id >= " in found.split("Index Cond")[1]


def test_filtered_sums_are_read_from_the_quadkey_index_alone(
    connection_to_many: psycopg.Connection,
) -> None:
    conditions, given = queries.where(Criteria(today=today(), is_overdue=True, statuses=(1, 2), win_min=10))
    statement = queries.cells_statement(conditions)
    found = plan(connection_to_many, statement, given | queries.quadkey_range(ORG, TILE))
    assert "accounts_tile_ix" in found
    assert "qk >= " in found.split("Index Cond")[1].splitlines()[0]


def test_points_are_read_through_the_place_index(connection_to_many: psycopg.Connection) -> None:
    conditions, given = queries.where(Criteria(today=today()))
    statement = queries.points_statement(conditions)
    found = plan(connection_to_many, statement, given | queries.box(ORG, TILE))
    assert "accounts_place_ix" in found
    followed = found.split("Index Cond")[1].splitlines()[0]
    assert "org_id = " in followed
    assert "geom_3857 && " in followed
