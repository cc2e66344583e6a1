"""What tiles show: everybody once, at every zoom, filtered or not, whatever was written before."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from fieldcrm.core.actor import Role
from fieldcrm.core.db import transaction
from fieldcrm.core.geo import mercator_point, quadkey
from fieldcrm.mapview import shelf
from fieldcrm.mapview.rules import Tile
from tests.fixtures.people import Org, Person
from tests.mapview.conftest import OSAKA, TOKYO, scattered, see, tiles_over, today, url_of

PLACES = [*scattered(150), *scattered(60, around=OSAKA), (-179.99999, 84.9), (179.9999, -84.9)]
ZOOMS = range(4, 17)


@pytest.fixture(params=["database", "columns"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Small organisations are answered by the database, large ones from columns: run a test on both."""
    monkeypatch.setattr(shelf, "LARGE_ORGANISATION", 1 if request.param == "columns" else 10**9)
    return str(request.param)


@pytest.fixture
def world(
    organisation: Org, make_user: Callable[..., Person], make_team: Callable[..., Any],
    add_accounts: Callable[..., list[uuid.UUID]],
) -> dict[str, Any]:  # fmt: skip
    """An organisation of 212 placed accounts and one without a place, every kind of each filter."""
    team = make_team()
    rep = make_user(Role.REP, teams=[team])
    rows = [
        (
            place,
            {
                "status": n % 6 + 1,
                "win_prob": None if n % 7 == 0 else n * 5 % 55,
                "due_on": None if n % 3 == 0 else today() + timedelta(days=n % 5 - 2),
                "owner_id": rep.id if n % 4 == 0 else None,
                "team_id": team.id if n % 4 == 1 else None,
                "kind": ("company", "person", "property")[n % 3],
                "rank": (None, "A", "B")[n % 3],
                "tags": ["重点", "紹介"] if n % 5 == 0 else ["紹介"] if n % 5 == 1 else [],
                "last_visit_at": None if n % 2 else "2026-10-01T00:00:00Z",
            },
        )
        for n, place in enumerate(PLACES)
    ]
    ids = add_accounts(organisation, [*rows, (None, {"name": "所在不明"})])
    return {
        "org": organisation,
        "team": team,
        "rep": rep,
        "rows": rows,
        "ids": ids,
        "admin": make_user(Role.ADMINISTRATOR),
    }


FILTERS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = {
    "nothing": ({}, lambda _: True),
    "status": ({"status": [2, 5]}, lambda a: a["status"] in (2, 5)),
    "win range": (
        {"win_min": 20, "win_max": 60},
        lambda a: a["win_prob"] is not None and 20 <= a["win_prob"] <= 60,
    ),
    "win zero": ({"win_max": 0}, lambda a: a["win_prob"] == 0),
    "overdue": ({"overdue": 1}, lambda a: a["due_on"] is not None and a["due_on"] < today()),
    "nobody's": ({"owner": "none"}, lambda a: a["owner_id"] is None),
    "kind": ({"kind": "person"}, lambda a: a["kind"] == "person"),
    "rank": ({"rank": "B"}, lambda a: a["rank"] == "B"),
    "tag": ({"tag": "重点"}, lambda a: "重点" in a["tags"]),
    "never visited": ({"never_visited": 1}, lambda a: a["last_visit_at"] is None),
    "several": (
        {"status": [1, 2, 3], "overdue": 1, "tag": "紹介"},
        lambda a: (
            a["status"] <= 3 and a["due_on"] is not None and a["due_on"] < today() and "紹介" in a["tags"]
        ),
    ),
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.usefixtures("way")
def test_each_account_is_counted_once_at_every_zoom(
    name: str, world: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    filters, is_meant = FILTERS[name]
    expected = sum(is_meant(fields) for _, fields in world["rows"])
    assert expected > 0
    client = client_for(world["admin"])
    for zoom in ZOOMS if name == "nothing" else (4, 8, 9, 10, 13, 14):
        seen = [see(client, tile, **filters) for tile in tiles_over(zoom, PLACES)]
        assert sum(tile.count for tile in seen) == expected, f"zoom {zoom}"
        ids = [id_ for tile in seen for id_ in tile.ids]
        assert len(ids) == len(set(ids)), f"drawn in two tiles of zoom {zoom}"
        if zoom >= 14:
            meant = {str(i) for i, (_, f) in zip(world["ids"], world["rows"], strict=False) if is_meant(f)}
            assert set(ids) == meant


@pytest.mark.parametrize(
    "filters", [{"owner": "me"}, {"owner": "<rep>"}, {"team": "<team>"}], ids=["me", "owner", "team"]
)
@pytest.mark.usefixtures("way")
def test_filters_by_people(
    filters: dict[str, str], world: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    key = "team_id" if "team" in filters else "owner_id"
    person = {"team_id": world["team"].id, "owner_id": world["rep"].id}[key]
    asked = {name: str(person) if value.startswith("<") else value for name, value in filters.items()}
    client = client_for(world["rep"])
    expected = sum(fields[key] == person for _, fields in world["rows"])
    for zoom in (4, 9, 10, 13, 15):
        assert sum(see(client, tile, **asked).count for tile in tiles_over(zoom, PLACES)) == expected


@pytest.mark.usefixtures("way")
def test_donuts_add_up_and_stand_at_the_middle(world: dict[str, Any], client_for: Callable[..., Any]) -> None:
    client = client_for(world["admin"])
    for tile in (one for zoom in range(4, 14) for one in tiles_over(zoom, PLACES)):
        for cluster in see(client, tile).clusters:
            properties = cluster["properties"]
            assert sum(n for name, n in properties.items() if name[0] == "s") == properties["n"]
            assert 0 <= properties.get("win_avg", 0) <= 100
            column, row = cluster["geometry"]["coordinates"]
            assert 0 <= column < 4096
            assert 0 <= row < 4096


def test_a_cluster_is_at_the_mean_of_its_accounts(
    organisation: Org, make_user: Callable[..., Person], add_accounts: Callable[..., Any],
    client_for: Callable[..., Any],
) -> None:  # fmt: skip
    lon, lat = 139.70, 35.60
    add_accounts(
        organisation,
        [
            ((lon, lat), {"win_prob": 30}),
            ((lon + 0.001, lat), {"win_prob": 61, "status": 3}),
            ((lon + 0.005, lat), {"win_prob": None, "status": 3}),
        ],
    )
    tile = tiles_over(9, [(lon, lat)])[0]
    (cluster,) = see(client_for(make_user(Role.ADMINISTRATOR)), tile).clusters
    assert cluster["properties"] == {"n": 3, "s1": 1, "s3": 2, "win_avg": 46}
    assert cluster["geometry"]["coordinates"] == list(*tile.places([(lon + 0.002, lat)]))


@pytest.mark.usefixtures("way")
def test_a_cell_of_one_account_shows_the_account_from_zoom_10_on(
    organisation: Org, make_user: Callable[..., Person], add_accounts: Callable[..., Any],
    client_for: Callable[..., Any],
) -> None:  # fmt: skip
    fields = {"name": "一軒家", "win_prob": 40, "rank": "A", "due_on": today() - timedelta(1), "precision": 4}
    (id_,) = add_accounts(organisation, [(TOKYO, fields)])
    client = client_for(make_user(Role.ADMINISTRATOR))
    expected = {
        "id": str(id_), "name": "一軒家", "status": 1, "win_prob": 40, "rank": "A", "overdue": 1, "approx": 1,
    }  # fmt: skip
    for zoom in range(10, 17):
        tile = tiles_over(zoom, [TOKYO])[0]
        (point,) = see(client, tile).points
        assert point["properties"] == expected, zoom
        assert point["geometry"]["coordinates"] == pytest.approx(*tile.places([TOKYO]), abs=1)
    assert see(client, tiles_over(9, [TOKYO])[0]).clusters[0]["properties"]["n"] == 1


@pytest.mark.usefixtures("way")
def test_tiles_follow_every_way_of_writing(
    world: dict[str, Any], client_for: Callable[..., Any], change_accounts: Callable[..., None],
    add_accounts: Callable[..., Any],
) -> None:  # fmt: skip
    org, ids = world["org"], world["ids"]
    client = client_for(world["admin"])

    def count(zoom: int, **filters: Any) -> int:
        everywhere = tiles_over(zoom, [*PLACES, (141.35, 43.06)])
        return sum(see(client, tile, **filters).count for tile in everywhere)

    def assert_counts(expected: int, **filters: Any) -> None:
        for zoom in (4, 7, 9, 10, 12, 13, 14):
            assert count(zoom, **filters) == expected, f"zoom {zoom}"

    placed, ones = len(PLACES), sum(f["status"] == 1 for _, f in world["rows"])
    assert_counts(placed)
    change_accounts(org, "status = 4", "id = any(:ids)", ids=[ids[0], ids[6]])
    assert_counts(ones - 2, status=1)
    change_accounts(org, "deleted_at = now()", "id = any(:ids)", ids=ids[:10])
    assert_counts(placed - 10)
    change_accounts(org, "deleted_at = null", "id = any(:ids)", ids=ids[:5])
    assert_counts(placed - 5)
    lon, lat = 141.35, 43.06
    change_accounts(
        org, "lon = :lon, lat = :lat, qk = :qk, geom_3857 = cast(:geom as geometry)", "id = any(:ids)",
        lon=lon, lat=lat, qk=quadkey(lon, lat), ids=ids[20:30],
        geom=f"SRID=3857;{mercator_point(lon, lat).desc}",
    )  # fmt: skip
    assert_counts(placed - 5)
    assert see(client, tiles_over(9, [(lon, lat)])[0]).count == 10
    assert see(client, tiles_over(9, [(lon, lat)])[0], win_min=0).count < 10
    change_accounts(
        org, "lon = null, lat = null, qk = null, geom_3857 = null", "id = any(:ids)", ids=ids[30:33]
    )
    assert_counts(placed - 8)
    add_accounts(org, [(OSAKA, {"status": 2}) for _ in range(7)])
    assert_counts(placed - 1)
    change_accounts(org, "deleted_at = now()")
    assert_counts(0)


def test_the_roll_up_is_what_a_recount_gives(
    world: dict[str, Any], change_accounts: Callable[..., None], connection: Connection
) -> None:
    org = world["org"]
    change_accounts(org, "win_prob = 50", "status = 2")
    change_accounts(org, "win_prob = null", "status = 3")
    change_accounts(org, "deleted_at = now()", "status = 4")
    with transaction(org.actor) as session:
        session.execute(text("delete from accounts where org_id = :o and status = 5"), {"o": org.org_id})
        recount = text(
            """
            select (qk & ~65535::bigint) | status, count(*), count(win_prob), coalesce(sum(win_prob), 0),
                   sum(round(lon * 1e6)), sum(round(lat * 1e6))
              from accounts where org_id = :o and deleted_at is null and qk is not null
             group by 1 order by 1"""
        )
        kept = text(
            "select id, n, win_n, win_sum, lon_sum, lat_sum from account_cells where org_id = :o order by 1"
        )
        given = {"o": org.org_id}
        assert [tuple(row) for row in session.execute(kept, given)] == [
            tuple(row) for row in session.execute(recount, given)
        ]


@pytest.mark.parametrize("address", ["4/16/3", "4/3/16", "23/0/0", "4/-1/3", "x/1/1", "4/1.5/1"])
def test_there_is_no_such_tile(
    address: str, make_user: Callable[..., Person], client_for: Callable[..., Any]
) -> None:
    answer = client_for(make_user()).get(f"/api/tiles/accounts/{address}.mvt")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"status": "open"}, "status.0"),
        ({"win_min": "101"}, "win_min"),
        ({"win_max": "-1"}, "win_max"),
        ({"owner": "somebody"}, "owner"),
        ({"team": "7"}, "team.0"),
        ({"kind": "planet"}, "kind"),
        ({"tag": "\x00"}, "tag"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_filter_is_named(
    filters: dict[str, str], field: str, make_user: Callable[..., Person], client_for: Callable[..., Any]
) -> None:
    answer = client_for(make_user()).get(url_of(Tile(4, 14, 6)), query_string=filters)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]
