"""Accounts for map programs: read by OGR (what QGIS reads with) and by folium."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from fieldcrm.accounts.models import CustomField
from fieldcrm.accounts.schemas import AccountDraft, PhoneIn
from fieldcrm.accounts.service import create_account
from fieldcrm.core.actor import Role
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import transaction
from tests.fixtures.people import FieldClient, MakeUser, Person

PATH = "/api/accounts.geojson"
PLACES = {
    "東京": (139.767125, 35.681236),
    "大阪": (135.495951, 34.702485),
    '改行\n"引用"': (-0.1276, 51.5072),
}


@pytest.fixture
def administrator(make_user: MakeUser) -> Person:
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def client(administrator: Person, client_for: Callable[[Person], FieldClient]) -> FieldClient:
    actor = administrator.actor
    with transaction(actor) as session:
        session.add(
            CustomField(
                org_id=actor.org_id, key="beds", label_ja="病床数", label_en="beds", type="number", choices=[]
            )
        )
        session.flush()
        for number, (name, (lon, lat)) in enumerate(PLACES.items()):
            draft = AccountDraft(
                name=name,
                lon=lon,
                lat=lat,
                geo_source="drag",
                win_prob=number * 10,
                tags=["重点", "医療"],
                phones=[PhoneIn(number="03-1234-5678")],
                custom={"beds": 120 + number},
                owner_id=administrator.id,
            )
            create_account(session, actor, draft)
        create_account(session, actor, AccountDraft(name="場所なし"))
    return client_for(administrator)


def _read(client: FieldClient, query: str = "") -> Any:
    answer = client.get(f"{PATH}{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")
    return json.loads(answer.data)


def _by_name(collection: Any) -> dict[str, Any]:
    return {feature["properties"]["name"]: feature for feature in collection["features"]}


def test_each_account_is_a_feature_longitude_first(client: FieldClient, administrator: Person) -> None:
    found = _by_name(_read(client))
    assert set(found) == {*PLACES, "場所なし"}
    for name, (lon, lat) in PLACES.items():
        assert found[name]["geometry"] == {"type": "Point", "coordinates": [lon, lat]}
    assert found["場所なし"]["geometry"] is None
    told = found["大阪"]["properties"]
    assert (told["win_prob"], told["custom.beds"], told["tags"]) == (10, 121, "重点, 医療")
    assert (told["owner"], told["phone"], told["precision"]) == (administrator.name, "03-1234-5678", "exact")
    assert {frozenset(feature["properties"]) for feature in found.values()} == {frozenset(told)}


def test_the_filters_are_those_of_the_list(client: FieldClient) -> None:
    assert set(_by_name(_read(client, "?bbox=139,35,140,36"))) == {"東京"}
    assert set(_by_name(_read(client, "?win_min=10&win_max=10"))) == {"大阪"}
    assert set(_by_name(_read(client, "?custom.beds=120"))) == {"東京"}
    assert _read(client, "?q=どこにもない")["features"] == []
    assert client.get(f"{PATH}?colour=red").status_code == 422


def test_ogr_reads_it_as_qgis_does(client: FieldClient, tmp_path: Path) -> None:
    source = tmp_path / "accounts.geojson"
    source.write_bytes(client.get(PATH).data)
    for target, driver in (("accounts.gpkg", "GPKG"), ("accounts.csv", "CSV")):
        words = ["ogr2ogr", "-f", driver, str(tmp_path / target), str(source)]
        words += ["-lco", "GEOMETRY=AS_XY"] if driver == "CSV" else []
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert done.stderr == ""
    words = ["ogrinfo", "-so", str(tmp_path / "accounts.gpkg"), "accounts"]
    told = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Feature Count: 4" in told
    assert "Geometry: Point" in told
    assert '"WGS 84"' in told
    assert "win_prob: Integer (0.0)" in told
    assert "last_visit_at" in told
    with (tmp_path / "accounts.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    for name, (lon, lat) in PLACES.items():
        assert (float(rows[name]["X"]), float(rows[name]["Y"])) == (lon, lat)
    assert rows["場所なし"]["X"] == ""


def test_folium_draws_it(client: FieldClient) -> None:
    drawn = folium.GeoJson(
        {**(whole := _read(client)), "features": [f for f in whole["features"] if f["geometry"]]},
        tooltip=folium.GeoJsonTooltip(["name", "status"]),
    )
    page = folium.Map(tiles=None).add_child(drawn).get_root().render()
    assert json.dumps("大阪") in page
    (south, west), (north, east) = drawn.get_bounds()
    assert (round(west, 4), round(east, 4)) == (-0.1276, 139.7671)
    assert (round(south, 4), round(north, 4)) == (34.7025, 51.5072)


def test_nothing_new_costs_no_bytes_and_is_no_export(client: FieldClient, connection: Connection) -> None:
    exports = select(func.count()).where(AuditEntry.action == "export")
    before = connection.scalar(exports)
    first = client.get(PATH)
    assert connection.scalar(exports) == before + 1
    seen = {"If-None-Match": first.headers["ETag"]}
    again = client.get(PATH, headers=seen)
    assert (again.status_code, again.data) == (304, b"")
    assert connection.scalar(exports) == before + 1
    assert client.get(f"{PATH}?q=x", headers=seen).status_code == 200
    assert client.post("/api/accounts", json={"name": "新しい先"}).status_code == 201
    changed = client.get(PATH, headers=seen)
    assert changed.status_code == 200
    assert len(json.loads(changed.data)["features"]) == 5


def test_the_export_is_in_the_log_with_its_size(client: FieldClient, connection: Connection) -> None:
    client.get(PATH)
    entry = connection.execute(
        select(AuditEntry.entity, AuditEntry.changes).where(AuditEntry.action == "export")
    ).all()[-1]
    assert entry == ("accounts", {"format": [None, "geojson"], "count": [None, 4]})


def test_another_persons_mark_is_none(
    client: FieldClient, make_user: MakeUser, client_for: Callable[[Person], FieldClient]
) -> None:
    seen = {"If-None-Match": client.get(PATH).headers["ETag"]}
    rep = client_for(make_user(Role.REP))
    answer = rep.get(PATH, headers=seen)
    assert answer.status_code == 200
    assert set(_by_name(json.loads(answer.data))) == {"場所なし"}
