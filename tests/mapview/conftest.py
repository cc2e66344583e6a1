"""Accounts on the map for tests, and a reader of the tiles that are answered."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, AccountStatus
from fieldcrm.core import clock
from fieldcrm.core.db import advance_clock, transaction
from fieldcrm.core.geo import mercator_point, quadkey
from fieldcrm.core.ids import new_id
from fieldcrm.mapview.rules import Tile
from tests.fixtures.people import Org

TOKYO = (139.767, 35.681)
OSAKA = (135.502, 34.694)


def seed_statuses(session: Session, org_id: int) -> None:
    """Make sure that statuses 1 to 6 exist."""
    table: Table = AccountStatus.__table__  # type: ignore[assignment]
    words = dict.fromkeys(
        ("code", "name_ja", "name_en", "letter_ja", "letter_en", "colour", "colour_dark"), "x"
    )
    rows = [{"org_id": org_id, "id": new_id(), "no": no, "change_seq": 1, **words} for no in range(1, 7)]
    session.execute(insert(table).values(rows).on_conflict_do_nothing())


def account_row(org_id: int, place: tuple[float, float] | None, **fields: Any) -> Account:
    """Return an account at a place, as the accounts room writes it."""
    lon, lat = place or (None, None)
    position: dict[str, Any] = {}
    if lon is not None and lat is not None:
        position = {"lon": lon, "lat": lat, "geom_3857": mercator_point(lon, lat), "qk": quadkey(lon, lat)}
    return Account(
        org_id=org_id,
        id=fields.pop("id", None) or new_id(),
        **position,
        **{"name": "見本医院", "status": 1, "precision": 6, **fields},
    )


@pytest.fixture
def add_accounts() -> Callable[..., list[uuid.UUID]]:
    """Write accounts of an organisation in one transaction: (place, fields) each."""

    def add(org: Org, places: Iterable[tuple[tuple[float, float] | None, dict[str, Any]]]) -> list[uuid.UUID]:
        with transaction(org.actor) as session:
            seed_statuses(session, org.org_id)
            rows = [account_row(org.org_id, place, **fields) for place, fields in places]
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    return add


@pytest.fixture
def change_accounts() -> Callable[..., None]:
    """Change accounts by one SQL statement, stamped as bulk writers do."""

    def change(org: Org, assignments: str, condition: str = "true", **given: Any) -> None:
        with transaction(org.actor) as session:
            statement = (
                f"update accounts set {assignments}, change_seq = :seq, version = version + 1"
                f" where org_id = :org_id and {condition}"
            )
            session.execute(text(statement), {"org_id": org.org_id, "seq": advance_clock(session), **given})

    return change


class Seen:
    """What one answered tile shows."""

    def __init__(self, content: bytes) -> None:
        layers = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True}) if content else {}
        self.points: list[dict[str, Any]] = layers.get("accounts", {}).get("features", [])
        self.clusters: list[dict[str, Any]] = layers.get("clusters", {}).get("features", [])

    @property
    def count(self) -> int:
        """Return how many accounts it stands for."""
        return len(self.points) + sum(one["properties"]["n"] for one in self.clusters)

    @property
    def ids(self) -> set[str]:
        """Return the ids of the accounts drawn by themselves."""
        return {one["properties"]["id"] for one in self.points}


def see(client: FlaskClient, tile: Tile, **filters: Any) -> Seen:
    """Ask for a tile and decode it."""
    answer = client.get(url_of(tile), query_string=filters)
    assert answer.status_code in (200, 204), answer.get_data(as_text=True)
    return Seen(answer.data)


def url_of(tile: Tile) -> str:
    """Return the address of a tile."""
    return f"/api/tiles/accounts/{tile.z}/{tile.x}/{tile.y}.mvt"


def tiles_over(zoom: int, places: Iterable[tuple[float, float]]) -> list[Tile]:
    """Return the tiles of a zoom in which the places lie."""
    found = set()
    for lon, lat in places:
        key, shift = quadkey(lon, lat), 20 - zoom
        column = sum((key >> 2 * bit & 1) << bit for bit in range(20))
        row = sum((key >> 2 * bit + 1 & 1) << bit for bit in range(20))
        found.add((column >> shift, row >> shift))
    return [Tile(zoom, x, y) for x, y in sorted(found)]


def scattered(count: int, *, around: tuple[float, float] = TOKYO) -> list[tuple[float, float]]:
    """Return places that are the same in every run: dense in the middle, some far out, some twice."""
    lon, lat = around
    return [
        (lon + ((n * 7919) % 97 - 48) / 1500 * (n % 3 + 1), lat + ((n * 104729) % 83 - 41) / 1500)
        if n % 10
        else (lon, lat)
        for n in range(count)
    ]


def today() -> date:
    """Return the day in Tokyo."""
    return clock.local_date(clock.now(), "Asia/Tokyo")
