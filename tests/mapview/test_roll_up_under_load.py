"""The roll-up stays exact while several connections write at once, committing and rolling back."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from fieldcrm.core.geo import mercator_point, quadkey
from tests.mapview.conftest import scattered

ORG = 9_000_000_001
WRITERS = 4
ROUNDS = 25
PLACES = scattered(30)
TABLES = ("accounts", "account_cells", "account_statuses", "organisations")


@pytest.fixture
def organisation_for_real(database: dict[str, str]) -> Iterator[None]:
    """An organisation that is really committed, and cleared away afterwards."""
    with psycopg.connect(database["owner"], autocommit=True) as owner:
        _clear(owner)
        owner.execute(
            "insert into organisations (org_id, name, slug, locale, timezone, country, settings, change_seq,"
            " created_at) values (%s, 'x', 'under-load', 'ja', 'Asia/Tokyo', 'JP', '{}', 0, now())",
            (ORG,),
        )
        owner.execute(
            "insert into account_statuses (org_id, id, no, code, name_ja, name_en, letter_ja, letter_en,"
            " colour, colour_dark, shape, position, is_active, version, change_seq, created_at, updated_at)"
            " select %s, gen_random_uuid(), no, 's' || no, '', '', '', '', '', '', 'circle', no, true, 1, 1,"
            " now(), now() from generate_series(1, 6) as no",
            (ORG,),
        )
        yield
        _clear(owner)


def _clear(owner: psycopg.Connection) -> None:
    for table in TABLES:
        owner.execute(f"delete from {table} where org_id = %s", (ORG,))


def _write(url: str, seed: int, failures: list[BaseException]) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for _ in range(ROUNDS):
                # Who does not take turns may collide; the loser is rolled back whole, as PostgreSQL
                # promises, and the roll-up must be exact all the same.
                with suppress(psycopg.errors.DeadlockDetected):
                    _write_once(connection, chance)
    except BaseException as error:
        failures.append(error)


def _write_once(connection: psycopg.Connection, chance: random.Random) -> None:
    action = chance.choice(("add", "add", "move", "change", "delete", "restore", "erase", "nothing"))
    some = "org_id = %(org)s and get_byte(uuid_send(id), 15) %% 7 = %(part)s"
    lon, lat = chance.choice(PLACES)
    given = {
        "org": ORG, "part": chance.randrange(7), "status": chance.randint(1, 6), "lon": lon, "lat": lat,
        "qk": quadkey(lon, lat), "win": chance.choice((None, 0, 35, 100)),
    }  # fmt: skip
    statements = {
        "move": f"update accounts set lon = %(lon)s, lat = %(lat)s, qk = %(qk)s where {some}",
        "change": f"update accounts set status = %(status)s, win_prob = %(win)s where {some}",
        "delete": f"update accounts set deleted_at = now() where {some}",
        "restore": f"update accounts set deleted_at = null where {some}",
        "erase": f"delete from accounts where {some}",
        "nothing": f"update accounts set notes = 'x' where {some}",
    }
    with connection.transaction(force_rollback=chance.random() < 0.2):
        connection.execute(f"set local app.org_id = '{ORG}'")
        # Writers of one organisation take turns, as advance_clock() makes them; not each transaction does.
        if chance.random() < 0.5:
            connection.execute(
                "update organisations set change_seq = change_seq + 1 where org_id = %s", (ORG,)
            )
        if action == "add":
            _add(connection, chance)
        else:
            connection.execute(f"select 1 from accounts where {some} order by id for update", given)
            connection.execute(statements[action], given)


def _add(connection: psycopg.Connection, chance: random.Random) -> None:
    """Add some accounts: by COPY as the tables' owner, who alone may under row-level security."""
    columns = (
        "org_id, id, kind, name, phones, status, win_prob, tags, custom, lon, lat, geom_3857, qk, precision,"
        " geo_flags, search_text, sort_key, version, change_seq, created_at, updated_at"
    )
    rows = [
        (
            ORG, uuid.uuid4(), "company", "x", "[]", chance.randint(1, 6), chance.choice((None, 50)), "{}",
            "{}", lon, lat, f"SRID=3857;{mercator_point(lon, lat).desc}", quadkey(lon, lat), 6, "{}", "", "",
            1, 1, "2026-11-01", "2026-11-01",
        )
        for lon, lat in chance.choices(PLACES, k=chance.randint(1, 40))
    ]  # fmt: skip
    if connection.info.user == "fieldcrm_app":
        # One statement: it takes its cells in order, so that writers who did not take turns never deadlock.
        one = f"({', '.join(['%s'] * len(rows[0]))})"
        values = [value for row in rows for value in row]
        connection.execute(f"insert into accounts ({columns}) values {', '.join([one] * len(rows))}", values)
        return
    with connection.cursor().copy(f"copy accounts ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


@pytest.mark.usefixtures("organisation_for_real")
def test_concurrent_writers_leave_the_roll_up_exact(database: dict[str, str]) -> None:
    failures: list[BaseException] = []
    writers = [
        threading.Thread(target=_write, args=(database["owner" if seed == 0 else "app"], seed, failures))
        for seed in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    assert not failures
    with psycopg.connect(database["app"]) as connection:
        connection.execute(f"set local app.org_id = '{ORG}'")
        recount = connection.execute(
            "select (qk & ~65535::bigint) | status, count(*), count(win_prob), coalesce(sum(win_prob), 0),"
            " sum(round(lon * 1e6)), sum(round(lat * 1e6)) from accounts"
            " where deleted_at is null and qk is not null group by 1 order by 1"
        ).fetchall()
        kept = connection.execute(
            "select id, n, win_n, win_sum, lon_sum, lat_sum from account_cells order by id"
        ).fetchall()
    assert len(recount) > 10
    assert kept == recount
